import test, { type ExecutionContext } from 'ava';
import { callsTo, errorOf, startToxiproxy } from '../../support/toxiproxy.js';

/** Nothing connects to it: the API only stores and returns this address. */
const UPSTREAM = '127.0.0.1:9';
const TOXICS = '/proxies/p/toxics';

/** A proxy `p` with a latency `l`. */
async function start(t: ExecutionContext) {
  const { url } = await startToxiproxy(t);
  const call = callsTo(url);
  await call('POST', '/proxies', { name: 'p', upstream: UPSTREAM, enabled: false });
  const made = await call('POST', TOXICS, { name: 'l', type: 'latency', attributes: { latency: 7, jitter: 3 } });
  t.is(made.status, 200, made.body);
  return call;
}

for (const method of ['POST', 'PATCH'] as const) {
  test(`${method}: null keeps the value of an attribute and of any other key`, async (t) => {
    const call = await start(t);
    await call(method, `${TOXICS}/l`, { toxicity: 0.5 });
    for (const body of [
      { attributes: { latency: null } },
      { attributes: { LATENCY: null, jitter: null } },
      '{"attributes": {"latency": 7, "LATENCY": null}}',
      { attributes: null, toxicity: null, name: null, type: null, stream: null },
      null,
      'null',
    ]) {
      const changed = await call(method, `${TOXICS}/l`, body ?? {});
      t.is(changed.status, 200, changed.body);
      t.like(changed.json, { attributes: { latency: 7, jitter: 3 }, toxicity: 0.5 });
    }
  });
}

test('null keeps the value of an attribute that Toxiproxy does not have, and of a condition', async (t) => {
  const call = await start(t);
  const own = { attributes: { at: 'start-ok', code: 403 }, when: { user: 'app' }, times: 2 };
  await call('POST', TOXICS, { name: 'c', type: 'amqp_close', ...own });
  for (const body of [
    { attributes: { at: null, code: null, user: null, times: null } },
    { attributes: null, when: null, times: null },
  ]) {
    t.like((await call('PATCH', `${TOXICS}/c`, body)).json, own);
  }
});

test('null is the default in a new toxic', async (t) => {
  const call = await start(t);
  const nothing = { name: null, stream: null, toxicity: null, attributes: { latency: null, jitter: 2 } };
  t.like((await call('POST', TOXICS, { type: 'latency', ...nothing })).json, {
    name: 'latency_downstream',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 0, jitter: 2 },
  });
  t.like((await call('POST', TOXICS, { type: 'noop', attributes: null })).json, { attributes: {} });
});

for (const toxicity of ['1e39', '-1e39', '3.4028236e38', '1e309']) {
  test(`a toxicity of ${toxicity} does not fit in a 32-bit float and is a bad request`, async (t) => {
    const call = await start(t);
    const error = `bad request body: toxicity must be a number that fits in a 32-bit float, not ${Number(toxicity)}`;
    t.like(await call('PATCH', `${TOXICS}/l`, `{"toxicity": ${toxicity}}`), errorOf(400, error));
    t.like(await call('POST', TOXICS, `{"type": "noop", "toxicity": ${toxicity}}`), errorOf(400, error));
    t.deepEqual(
      (await call('GET', TOXICS)).json.map(({ toxicity }: { toxicity: number }) => toxicity),
      [1],
    );
  });
}

for (const toxicity of [7, -1, 0, 0.1, 3.4028235e38, -3.4028235e38]) {
  test(`a toxicity of ${toxicity} is taken and returned`, async (t) => {
    const call = await start(t);
    t.is((await call('PATCH', `${TOXICS}/l`, { toxicity })).json.toxicity, toxicity);
  });
}

for (const [value, why] of [
  ['1.5', 'a whole number, not 1.5'],
  ['"2s"', 'a number, not "2s"'],
  ['true', 'a number, not true'],
  ['[]', 'a number, not a list'],
  ['{}', 'a number, not a map'],
  ['1e39', 'a whole number from -9007199254740991 to 9007199254740991, not 1e+39'],
  ['1e309', 'a whole number, not Infinity'],
] as const) {
  test(`an attribute of ${value} is a bad request, and nothing changes`, async (t) => {
    const call = await start(t);
    const body = `{"toxicity": 0.5, "attributes": {"jitter": 9, "latency": ${value}}}`;
    const error = `bad request body: attributes.latency must be ${why}`;
    t.like(await call('PATCH', `${TOXICS}/l`, body), errorOf(400, error));
    const created = await call('POST', TOXICS, `{"type": "latency", "attributes": {"latency": ${value}}}`);
    t.like(created, errorOf(400, error));
    t.like((await call('GET', `${TOXICS}/l`)).json, { toxicity: 1, attributes: { latency: 7, jitter: 3 } });
  });
}

test('a lone surrogate in a name becomes U+FFFD, so that the proxy and its toxics can be addressed', async (t) => {
  const call = await start(t);
  const body = `{"name": "x\\ud800y", "listen": "\\udc00", "upstream": "${UPSTREAM}", "enabled": false}`;
  t.like((await call('POST', '/proxies', body)).json, { name: 'x\ufffdy', listen: '\ufffd' });
  const path = `/proxies/${encodeURIComponent('x\ufffdy')}`;
  t.like((await call('GET', path)).json, { name: 'x\ufffdy' });
  t.like((await call('POST', '/proxies', body)).json, { error: 'proxy already exists' });
  await call('POST', `${path}/toxics`, '{"name": "\\uDBFF", "type": "noop"}');
  t.is((await call('GET', `${path}/toxics/${encodeURIComponent('\ufffd')}`)).status, 200);
  t.is((await call('POST', '/populate', `[${body.replace('false', 'false, "x": "\\ud83d\\ude00"')}]`)).status, 201);
  t.is((await call('DELETE', path)).status, 204);
});

test('a surrogate pair stays as it is', async (t) => {
  const call = await start(t);
  const made = await call(
    'POST',
    '/proxies',
    `{"name": "\\ud83d\\ude00", "upstream": "${UPSTREAM}", "enabled": false}`,
  );
  t.is(made.json.name, '😀');
});
