import test from 'ava';
import { Control } from '../../lib/client/control.js';
import { answer, fakeControl } from '../support/fake-control.js';

test('the token is shown, and a body is JSON', async (t) => {
  const url = await fakeControl(t, async (request, response) => {
    const body = (await request.toArray()).join('');
    answer(response, 200, [request.method, request.url, request.headers.authorization, body]);
  });
  t.deepEqual(await new Control({ url: `${url}/`, token: 'secret' }).ask('POST', '/faults', { a: 1 }), [
    'POST',
    '/faults',
    'Bearer secret',
    '{"a":1}',
  ]);
});

test('a host and a port alone are a URL', async (t) => {
  const url = await fakeControl(t, (_, response) => answer(response, 200, 'here'));
  t.is(await new Control({ url: url.replace('http://', '') }).ask('GET', '/'), 'here');
});

test('an answer of 204 is nothing', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.writeHead(204).end());
  t.is(await new Control({ url }).ask('DELETE', '/faults/a'), undefined);
});

test('a refusal is told in the words of the control API, with its status', async (t) => {
  const url = await fakeControl(t, (_, response) => answer(response, 409, { error: 'there already', status: 409 }));
  await t.throwsAsync(new Control({ url }).ask('POST', '/faults', {}), {
    name: 'ControlError',
    code: 'ERR_CONTROL',
    message: 'there already',
  });
});

test('a refusal of somebody else is told with its first words', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.writeHead(502).end('<h1>Bad gateway</h1>\n'));
  const error = await t.throwsAsync(new Control({ url }).ask('GET', '/'));
  t.like(error, { message: 'HTTP 502: <h1>Bad gateway</h1>', status: 502 });
});

test('a web page is no control API, and is told as such', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.end('<html>hello</html>'));
  const error = await t.throwsAsync(new Control({ url }).ask('GET', '/proxies'));
  t.like(error, { message: `what answers at ${url} is no control API of rabbit-snare`, status: 200 });
});

test('an answer that is cut off is told with the URL', async (t) => {
  const url = await fakeControl(t, (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{', () => response.destroy());
  });
  await t.throwsAsync(new Control({ url }).ask('GET', '/'), {
    name: 'ControlError',
    message: /^the answer was cut off by http:\/\/127\.0\.0\.1:\d+ \(.+\): is rabbit-snare running there\?$/,
  });
});
