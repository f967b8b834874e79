import { type Controlled, controlRoutes } from '../../lib/control/control-routes.js';
import type { Random } from '../conformance/random.js';
import { randomFault } from './random-faults.js';
import type { Case, Json } from './target.js';

/** A request; `body` is the text of its body. */
export type Request = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
};

/** How the requests of a case are sent. */
export type How = 'each' | 'pipelined' | 'cut' | 'slow' | 'garbage';

type Sample = { readonly method: string; readonly path: string; readonly query: readonly string[] };

const PROXIES = ['one', 'two', 'fuzz-0', 'missing', '%00', '..', '%C3%A9', 'constructor', ''] as const;
const NAMES = ['fuzz-0', 'fuzz-1', 'one%2Ffuzz-0', 'missing', '%', '%ff', '__proto__', 'a'.repeat(2_000)] as const;
const QUERIES = [
  '',
  '1',
  '-1',
  '1e9',
  '5ms',
  '10ms',
  'bad_header',
  'true',
  '2026-01-01',
  '%00',
  '%',
  '%E2%80%AE',
  'a'.repeat(3_000),
] as const;
const HEADERS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['Origin', 'http://evil.example'],
  ['Origin', 'null'],
  ['User-Agent', 'Mozilla/5.0'],
  ['Authorization', 'Bearer x'],
  ['Content-Type', 'text/plain'],
  ['Content-Type', 'application/json; charset=utf-16'],
  ['Content-Type', 'application/yaml'],
  ['Accept', 'text/html'],
  ['Last-Event-ID', '1'],
  ['Last-Event-ID', 'x'.repeat(500)],
  ['Expect', '100-continue'],
  ['Range', 'bytes=0-1'],
  ['Upgrade', 'websocket'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['Cookie', 'a=b'],
  ['Accept-Encoding', 'gzip, br'],
  ['X-Forwarded-For', '1.2.3.4'],
];
const VALUES: readonly [Json, ...Json[]] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'x',
  '\u0000',
  '\u202e',
  '\ud800',
  'x'.repeat(5_000),
  [],
  {},
  [[]],
  { a: { b: {} } },
  '127.0.0.1:0',
  'one',
  '10s',
  '-1',
  'NaN',
];
const KEYS = [
  'name',
  'type',
  'proxy',
  'attributes',
  'toxicity',
  'when',
  'times',
  'steps',
  'lease',
  '__proto__',
  'constructor',
  'toString',
  '',
] as const;

let samples: readonly [Sample, ...Sample[]] | undefined;

/** The routes of the control API; nothing of them is called. */
function routes(): readonly [Sample, ...Sample[]] {
  samples ??= controlRoutes({ metrics: {}, faults: {} } as unknown as Controlled).map(({ method, path, query }) => ({
    method,
    path,
    query: Object.keys(query ?? {}),
  })) as unknown as [Sample, ...Sample[]];
  return samples;
}

/** Requests to the control API, and how they are sent. */
export function controlCase(random: Random): Case {
  const how = random.pick<How>(['each', 'each', 'each', 'pipelined', 'cut', 'slow', 'garbage']);
  const requests = Array.from({ length: random.between(1, how === 'pipelined' ? 20 : 5) }, () => requestOf(random));
  return {
    setup: { how, seed: random.between(0, 2 ** 31) },
    parts: requests as unknown as readonly Json[],
  };
}

function requestOf(random: Random): Request {
  const { method, path, query } = random.pick([
    ...routes(),
    { method: 'GET', path: '/openapi.json', query: [] },
  ] as unknown as [Sample, ...Sample[]]);
  const filled = path.replace('{proxy}', () => random.pick(PROXIES)).replace(/\{\w+\}/g, () => random.pick(NAMES));
  const params = query.filter(() => random.chance(0.4)).map((name) => `${name}=${random.pick(QUERIES)}`);
  const search = params.length > 0 ? `?${params.join('&')}` : random.chance(0.03) ? `?${random.pick(QUERIES)}` : '';
  const other = random.chance(0.1)
    ? random.pick(['HEAD', 'PUT', 'OPTIONS', 'DELETE', 'PATCH', 'POST', 'GET', 'TRACE'])
    : method;
  // Other methods have no length of a body by default, so their body would be the next request.
  const hasBody = other === 'POST' || other === 'PATCH';
  return {
    method: other,
    path: random.chance(0.04)
      ? random.pick([
          `/${filled}`,
          `${filled}/`,
          filled.toUpperCase(),
          `${filled}/../${'x/'.repeat(200)}`,
          '*',
          '/'.repeat(500),
        ])
      : `${filled}${search}`,
    headers: random.chance(0.2) ? [random.pick(HEADERS)] : [],
    body: hasBody ? bodyOf(random, path) : null,
  };
}

function bodyOf(random: Random, path: string): string {
  let body = valid(random, path);
  for (let count = random.pick([0, 0, 1, 2, 4]); count > 0; count--) body = changed(random, body);
  const text = JSON.stringify(body);
  if (text.includes('listen') || random.chance(0.85)) return text;
  const at = random.between(0, text.length);
  return random.pick([
    text.slice(0, at),
    `${text.slice(0, at)}${random.pick(['"', '{', '\0', '\\u', ',', '1e999', '\ufeff'])}${text.slice(at)}`,
    `${text}${text}`,
    '['.repeat(random.pick([100, 50_000])),
  ]);
}

function valid(random: Random, path: string): Json {
  const name = random.pick(['fuzz-0', 'fuzz-1']);
  const fault = { ...randomFault(random, name), proxy: random.pick(['one', 'two']) };
  switch (path) {
    case '/proxies':
    case '/proxies/{proxy}':
      return proxy(random);
    case '/populate':
      return [proxy(random), { name: 'one', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' }];
    case '/scenarios':
      return {
        steps: [{ ...fault, after: 0, until: random.pick<Json>([10, '1s']) }],
        repeat: random.pick<Json>([false, 2]),
        lease: random.pick<Json>([50, '1s']),
      };
    case '/classify':
      return { hex: random.pick(['414d515000000901', '', '4', 'zz']), end: random.pick(['fin', 'rst', 'timeout']) };
    case '/faults':
      return random.chance(0.2) ? [fault] : fault;
    default:
      return fault;
  }
}

const proxy = (random: Random): Json => ({
  name: random.pick(['fuzz-0', 'one', 'x']),
  listen: '127.0.0.1:0',
  upstream: random.pick(['127.0.0.1:1', 'localhost:1']),
  enabled: random.chance(0.8),
  ...(random.chance(0.3) ? { mode: 'guard' } : {}),
});

/** Replaces, adds or removes one value. An address to listen on is never changed: it must stay on the loopback interface. */
function changed(random: Random, value: Json): Json {
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, random.pick(VALUES)];
    const at = random.between(0, value.length - 1);
    return value.map((each: Json, nth) => (nth === at ? changed(random, each) : each));
  }
  if (typeof value !== 'object' || value === null) return random.pick(VALUES);
  const keys = Object.keys(value).filter((key) => key !== 'listen');
  if (keys.length === 0 || random.chance(0.25)) return { ...value, [random.pick(KEYS)]: random.pick(VALUES) };
  const key = random.pick(keys as [string, ...string[]]);
  const { [key]: old, ...rest } = value as { readonly [key: string]: Json };
  return random.chance(0.2) ? rest : { ...rest, [key]: changed(random, old as Json) };
}
