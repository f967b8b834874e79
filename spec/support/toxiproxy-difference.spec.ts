import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { RecordedPorts } from './recorded-ports.js';
import type { Response } from './toxiproxy.js';
import { differencesOf } from './toxiproxy-difference.js';
import { type Exchange, exchangesOf, keyOf, replay } from './toxiproxy-exchanges.js';

const RECORDED = exchangesOf('from an empty server on');

test('the real Toxiproxy’s responses have no differences, and the chosen ports match', async (t) => {
  const { url } = await startReplayed(t, (response) => response);
  await replay(url, RECORDED, new RecordedPorts(), (exchange, got) => {
    t.deepEqual(differencesOf(exchange.response, got, new RecordedPorts()), [], keyOf(exchange));
  });
});

const isJson = ({ headers }: Response): boolean => headers['content-type'] === 'application/json';

for (const [what, change, mostly] of [
  ['another status', (response) => ({ ...response, status: response.status === 404 ? 400 : 404 }), 151],
  ['another error', ({ body: text, ...rest }) => ({ ...rest, body: text.replace('"error":"', '"error":"x') }), 50],
  ['a missing key', ({ body: text, ...rest }) => ({ ...rest, body: text.replace(/"(name|error)":"[^"]*",/, '') }), 120],
  [
    'another value',
    ({ body: text, ...rest }) => ({ ...rest, body: text.replace('"enabled":true', '"enabled":1') }),
    40,
  ],
  [
    'another order',
    ({ body: text, ...rest }) => ({ ...rest, body: text.replace(/(\{)("n[^,]*),("l[^,]*)/, '$1$3,$2') }),
    40,
  ],
  ['another port', ({ body: text, ...rest }) => ({ ...rest, body: text.replace(/:26\d{3}"/, ':9"') }), 45],
  ['JSON with spaces', (response) => ({ ...response, body: response.body.replaceAll('","', '", "') }), 120],
  ['no content type', ({ headers: { 'content-type': _, ...headers }, ...rest }) => ({ ...rest, headers }), 120],
  ['no request id', ({ headers: { 'x-toxiproxy-request-id': _, ...headers }, ...rest }) => ({ ...rest, headers }), 130],
  ['a line end', (response) => (isJson(response) ? { ...response, body: `${response.body}\n` } : response), 80],
] as const satisfies readonly [string, (response: Response) => Response, number][]) {
  test(`${what} is reported as a difference wherever it occurs`, async (t) => {
    const changed = new Set<Exchange>();
    const { url } = await startReplayed(t, (response, exchange) => {
      const other = change(response);
      if (!isDeepStrictEqual(other, response)) changed.add(exchange);
      return other;
    });
    await replay(url, RECORDED, new RecordedPorts(), (exchange, got) => {
      const differs = differencesOf(exchange.response, got, new RecordedPorts()).length > 0;
      t.is(differs, changed.has(exchange), keyOf(exchange));
    });
    t.true(changed.size >= mostly);
  });
}

test('a chosen port must stay the same', (t) => {
  const ports = new RecordedPorts();
  t.true(ports.match('listen 127.0.0.1:32803.', 'listen 127.0.0.1:40001.'));
  t.false(ports.match('listen 127.0.0.1:32803.', 'listen 127.0.0.1:40002.'));
  t.true(ports.match('listen 127.0.0.1:32804.', 'listen 127.0.0.1:40002.'));
  t.false(ports.match('listen 127.0.0.1:32805.', 'listen 127.0.0.1:0.'));
});

/** Answers each request with the next recorded answer. */
async function startReplayed(
  t: ExecutionContext,
  change: (response: Response, exchange: Exchange) => Response,
): Promise<{ readonly url: string }> {
  const left = [...RECORDED];
  const server = createServer((request, response) => {
    request.resume();
    // Requests between two sections were not recorded.
    const isNext = request.url === left[0]?.request.path && request.method === left[0]?.request.method;
    const isBetween = request.headers['user-agent'] === undefined;
    const exchange = isNext && !isBetween ? left.shift() : undefined;
    if (!exchange) return response.end('{}');
    const { status, headers, body: text } = change(exchange.response, exchange);
    const { 'content-length': _, ...rest } = headers;
    return response.writeHead(status, rest).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
