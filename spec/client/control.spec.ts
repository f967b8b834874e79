import test from 'ava';
import { Control } from '../../lib/client/control.js';
import { answer, fakeControl } from '../support/fake-control.js';

test('a request sends the token, and its body as JSON', async (t) => {
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

test('HOST:PORT is accepted as a URL', async (t) => {
  const url = await fakeControl(t, (_, response) => answer(response, 200, 'here'));
  t.is(await new Control({ url: url.replace('http://', '') }).ask('GET', '/'), 'here');
});

test('a 204 response returns undefined', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.writeHead(204).end());
  t.is(await new Control({ url }).ask('DELETE', '/faults/a'), undefined);
});

test('an error has the message of the control API and its status', async (t) => {
  const url = await fakeControl(t, (_, response) => answer(response, 409, { error: 'there already', status: 409 }));
  await t.throwsAsync(new Control({ url }).ask('POST', '/faults', {}), {
    name: 'ControlError',
    code: 'ERR_CONTROL',
    message: 'there already',
  });
});

test('the error of another server contains the beginning of its text', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.writeHead(502).end('<h1>Bad gateway</h1>\n'));
  const error = await t.throwsAsync(new Control({ url }).ask('GET', '/'));
  t.like(error, { message: 'HTTP 502: <h1>Bad gateway</h1>', status: 502 });
});

test('a web page is rejected as not a control API', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.end('<html>hello</html>'));
  const error = await t.throwsAsync(new Control({ url }).ask('GET', '/proxies'));
  t.like(error, { message: `the server at ${url} is not a control API of rabbit-snare`, status: 200 });
});

test('a truncated response is an error that names the URL', async (t) => {
  const url = await fakeControl(t, (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{', () => response.destroy());
  });
  await t.throwsAsync(new Control({ url }).ask('GET', '/'), {
    name: 'ControlError',
    message: /^the response was cut off by http:\/\/127\.0\.0\.1:\d+ \(.+\): is rabbit-snare running there\?$/,
  });
});
