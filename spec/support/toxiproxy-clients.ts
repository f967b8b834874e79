import type { ExecutionContext } from 'ava';
import type { Answer } from './toxiproxy.js';

type Check = (t: ExecutionContext, answer: Answer, answers: readonly Answer[]) => void;

type Step = readonly [
  method: string,
  path: string,
  /** An object is sent as JSON; a function creates the body from the earlier answers. */
  body: object | null | ((answers: readonly Answer[]) => object),
  status: number,
  /** What the client reads from the answer. */
  check?: Check,
];

/** The requests of a Toxiproxy client, in order, and what it reads from the answers. */
export type Client = {
  readonly client: string;
  readonly headers: { readonly [name: string]: string };
  readonly steps: readonly Step[];
};

const UPSTREAM = 'localhost:3306';
const like =
  (expected: object): Check =>
  (t, { json }) =>
    t.like(json, expected);
const isEmpty: Check = (t, { body }) => t.is(body, '');
/** Clients include the whole body in the errors that they throw. */
const error =
  (text: string): Check =>
  (t, { json, status }) =>
    t.deepEqual(json, { error: text, status });
/** An IPv4 address: clients split addresses at the colon. */
const ipv4: Check = (t, { json }) => t.regex(json.listen, /^\d+\.\d+\.\d+\.\d+:[1-9]\d*$/);
const at = (answers: readonly Answer[], index: number): Answer => answers.at(index) as Answer;

export const CLIENTS: readonly Client[] = [
  {
    client: 'toxiproxy-ruby 2.0.2',
    headers: { 'User-Agent': 'Ruby', Accept: '*/*', 'Content-Type': 'application/json', Connection: 'keep-alive' },
    steps: [
      // The client uses PATCH since 2.6.0; it removes a leading v.
      ['GET', '/version', null, 200, (t, { body }) => t.regex(JSON.parse(body).version, /^v?\d+\.\d+\.\d+$/)],
      ['POST', '/proxies', { upstream: UPSTREAM, name: 'mysql', listen: 'localhost:0', enabled: null }, 201, ipv4],
      [
        'POST',
        '/proxies',
        { upstream: UPSTREAM, name: 'mysql', listen: 'localhost:0', enabled: null },
        409,
        error('proxy already exists'),
      ],
      ['GET', '/proxies', null, 200, (t, { json }, answers) => t.is(json.mysql.listen, at(answers, 1).json.listen)],
      ['PATCH', '/proxies/mysql', { enabled: false }, 200, like({ enabled: false })],
      [
        'PATCH',
        '/proxies/mysql',
        { enabled: true },
        200,
        (t, { json }, answers) => t.is(json.listen, at(answers, 1).json.listen),
      ],
      [
        'POST',
        '/proxies/mysql/toxics',
        {
          name: 'latency_downstream',
          type: 'latency',
          stream: 'downstream',
          toxicity: 1,
          attributes: { latency: 100 },
        },
        200,
        like({ name: 'latency_downstream', type: 'latency', stream: 'downstream', toxicity: 1 }),
      ],
      ['GET', '/proxies/mysql/toxics', null, 200, (t, { json }) => t.is(json[0].attributes.latency, 100)],
      [
        'POST',
        '/proxies/mysql/toxics/latency_downstream',
        {
          name: 'latency_downstream',
          type: 'latency',
          stream: 'downstream',
          toxicity: 1,
          attributes: { latency: 200 },
        },
        200,
        like({ attributes: { latency: 200, jitter: 0 } }),
      ],
      [
        'POST',
        '/proxies/mysql/toxics',
        { name: 'x', type: 'wrong', stream: 'downstream', toxicity: 1, attributes: {} },
        400,
        error('invalid toxic type'),
      ],
      ['DELETE', '/proxies/mysql/toxics/latency_downstream', null, 204, isEmpty],
      ['DELETE', '/proxies/mysql/toxics/latency_downstream', null, 404, error('toxic not found')],
      [
        'POST',
        '/populate',
        [
          { name: 'a', upstream: UPSTREAM, listen: 'localhost:0' },
          { name: 'mysql', upstream: UPSTREAM, listen: 'localhost:0' },
        ],
        201,
        (t, { json }) =>
          t.deepEqual(
            json.proxies.map(({ name }: { name: string }) => name),
            ['a', 'mysql'],
          ),
      ],
      ['POST', '/reset', null, 204, isEmpty],
      ['DELETE', '/proxies/mysql', null, 204, isEmpty],
      ['DELETE', '/proxies/mysql', null, 404, error('proxy not found')],
    ],
  },
  {
    client: 'toxiproxy-ruby with a server below 2.6.0',
    headers: { 'User-Agent': 'Ruby', 'Content-Type': 'application/json' },
    steps: [
      ['POST', '/proxies', { upstream: UPSTREAM, name: 'mysql', listen: 'localhost:0', enabled: null }, 201, ipv4],
      ['POST', '/proxies/mysql', { enabled: false }, 200, like({ enabled: false })],
      ['POST', '/proxies/mysql', { enabled: true }, 200, like({ enabled: true })],
    ],
  },
  {
    client: 'toxiproxy-python 0.1.1',
    headers: { 'User-Agent': 'python-requests/2.32.3', Accept: '*/*' },
    steps: [
      ['GET', '/nope', null, 404],
      ['GET', '/proxies', null, 200, (t, { json }) => t.deepEqual(json, {})],
      ['POST', '/proxies', { name: 'p', upstream: UPSTREAM, listen: '127.0.0.1:0', enabled: true }, 201, ipv4],
      ['GET', '/proxies', null, 200, (t, { json }) => t.deepEqual(Object.keys(json), ['p'])],
      ['POST', '/proxies', { name: 'bare', upstream: UPSTREAM }, 201, like({ enabled: true, toxics: [] })],
      [
        'POST',
        '/proxies',
        { name: 'p', upstream: UPSTREAM, listen: '127.0.0.1:0', enabled: true },
        409,
        error('proxy already exists'),
      ],
      ['GET', '/proxies/none', null, 404, error('proxy not found')],
      [
        'POST',
        '/proxies/p/toxics',
        {
          name: 'latency_upstream',
          type: 'latency',
          stream: 'upstream',
          toxicity: 1,
          attributes: { latency: 5, jitter: 1 },
        },
        200,
        like({ attributes: { latency: 5, jitter: 1 } }),
      ],
      ['GET', '/proxies/p/toxics', null, 200, (t, { json }) => t.is(json.length, 1)],
      ['GET', '/proxies/p/toxics/latency_upstream', null, 200, like({ stream: 'upstream', toxicity: 1 })],
      [
        'POST',
        '/proxies/p/toxics',
        { name: 'x', type: 'latency', stream: 'sideways', toxicity: 1, attributes: {} },
        400,
        error('stream was invalid, can be either upstream or downstream'),
      ],
      ['DELETE', '/proxies/p/toxics/latency_upstream', null, 204, isEmpty],
      ['POST', '/proxies/p', { enabled: false }, 200, like({ enabled: false })],
      [
        'POST',
        '/proxies/p',
        { enabled: true },
        200,
        (t, { json }, answers) => t.is(json.listen, at(answers, 2).json.listen),
      ],
      [
        'POST',
        '/populate',
        [{ name: 'q', upstream: UPSTREAM, listen: '127.0.0.1:0' }],
        201,
        (t, { json }) => t.is(json.proxies[0].name, 'q'),
      ],
      ['POST', '/reset', null, 204, isEmpty],
      ['DELETE', '/proxies/p', null, 204, isEmpty],
      ['GET', '/version', null, 200],
    ],
  },
  {
    client: 'toxiproxy-java',
    headers: {
      'User-Agent': 'Java/21',
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'text/html, image/gif, */*; q=0.2',
    },
    steps: [
      ['GET', '/version', null, 200],
      [
        'POST',
        '/proxies',
        { name: 'z', listen: '127.0.0.1:0', upstream: UPSTREAM },
        201,
        like({ name: 'z', upstream: UPSTREAM, enabled: true }),
      ],
      [
        'POST',
        '/proxies',
        { name: 'rabbitmq:5672', listen: '0.0.0.0:0', upstream: 'rabbitmq:5672' },
        201,
        (t, { json }) => t.regex(json.listen, /:[1-9]\d*$/),
      ],
      ['GET', '/proxies', null, 200, (t, { json }) => t.deepEqual(Object.keys(json), ['rabbitmq:5672', 'z'])],
      [
        'POST',
        '/proxies',
        { name: 'z', listen: '127.0.0.1:0', upstream: UPSTREAM },
        409,
        error('proxy already exists'),
      ],
      ['GET', '/proxies/none', null, 404, error('proxy not found')],
      ['POST', '/proxies/z', { upstream: 'localhost:3307' }, 200, like({ upstream: 'localhost:3307', enabled: true })],
      ['POST', '/proxies/z', { enabled: false }, 200, like({ name: 'z', enabled: false })],
      ['POST', '/proxies/z', { enabled: true }, 200, like({ enabled: true })],
      [
        'POST',
        '/proxies/z/toxics',
        { name: 'lag', stream: 'DOWNSTREAM', type: 'latency', attributes: { latency: 100 } },
        200,
        like({ name: 'lag', stream: 'DOWNSTREAM', toxicity: 1, attributes: { latency: 100, jitter: 0 } }),
      ],
      [
        'POST',
        '/proxies/z/toxics/lag',
        { attributes: { jitter: 5 } },
        200,
        like({ attributes: { latency: 100, jitter: 5 }, toxicity: 1 }),
      ],
      [
        'POST',
        '/proxies/z/toxics/lag',
        { toxicity: 0.5 },
        200,
        like({ attributes: { latency: 100, jitter: 5 }, toxicity: 0.5 }),
      ],
      ['GET', '/proxies/z/toxics', null, 200, (t, { json }) => t.is(json[0].name, 'lag')],
      ['DELETE', '/proxies/z/toxics/lag', null, 204, isEmpty],
      ['GET', '/proxies/z/toxics/lag', null, 404, error('toxic not found')],
      ['POST', '/reset', null, 204, isEmpty],
      ['DELETE', '/proxies/rabbitmq:5672', null, 204, isEmpty],
    ],
  },
  {
    client: 'the Go client package',
    headers: { 'User-Agent': 'toxiproxy-cli', 'Content-Type': 'application/json', 'Accept-Encoding': 'gzip' },
    steps: [
      [
        'POST',
        '/proxies',
        { name: 'p', listen: 'localhost:0', upstream: UPSTREAM, enabled: true, toxics: null },
        201,
        ipv4,
      ],
      [
        'POST',
        '/proxies/p/toxics',
        { name: '', type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 100 } },
        200,
        like({ name: 'latency_upstream' }),
      ],
      ['GET', '/proxies/p', null, 200],
      // Saving a proxy sends the whole object back, including its toxics.
      [
        'POST',
        '/proxies/p',
        (answers) => ({ ...at(answers, 2).json, enabled: false }),
        200,
        like({ enabled: false, toxics: [{ name: 'latency_upstream' }] }),
      ],
      [
        'POST',
        '/proxies/p',
        (answers) => ({ ...at(answers, 3).json, enabled: true }),
        200,
        (t, { json }, answers) => t.deepEqual(json, at(answers, 2).json),
      ],
      [
        'PATCH',
        '/proxies/p/toxics/latency_upstream',
        { attributes: { jitter: 10 }, toxicity: 0.3 },
        200,
        like({ toxicity: 0.3, attributes: { latency: 100, jitter: 10 } }),
      ],
      ['GET', '/proxies/p/toxics', null, 200, (t, { json }) => t.is(json[0].toxicity, 0.3)],
      [
        'POST',
        '/proxies',
        (answers) => ({
          name: 'q',
          listen: at(answers, 0).json.listen,
          upstream: UPSTREAM,
          enabled: true,
          toxics: null,
        }),
        500,
        (t, { json }, answers) =>
          t.is(json.error, `listen tcp ${at(answers, 0).json.listen}: bind: address already in use`),
      ],
      [
        'POST',
        '/populate',
        [{ name: 'p', listen: '', upstream: '', enabled: true, toxics: null }],
        400,
        (t, { json }) =>
          t.like(json, { error: 'missing required field: upstream at proxy 1', status: 400, proxies: null }),
      ],
      ['DELETE', '/proxies/p/toxics/latency_upstream', null, 204, isEmpty],
      ['DELETE', '/proxies/p/toxics/latency_upstream', null, 404, error('toxic not found')],
      ['POST', '/reset', {}, 204, isEmpty],
      ['DELETE', '/proxies/p', null, 204, isEmpty],
      ['GET', '/proxies/p', null, 404, error('proxy not found')],
    ],
  },
  {
    client: 'a PHP client',
    headers: { 'User-Agent': 'GuzzleHttp/7', 'Content-Type': 'application/json' },
    steps: [
      ['POST', '/proxies', { name: 'p', listen: '127.0.0.1:0', upstream: UPSTREAM, enabled: true }, 201, ipv4],
      ['GET', '/proxies/p', null, 200, like({ name: 'p', toxics: [] })],
      ['GET', '/proxies/none', null, 404, error('proxy not found')],
      [
        'POST',
        '/proxies/p/toxics',
        { type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 100, jitter: 50 }, name: null },
        200,
        like({ name: 'latency_downstream' }),
      ],
      // PHP writes an empty map as a list, which is rejected.
      ['POST', '/proxies/p/toxics', { type: 'timeout', stream: 'downstream', attributes: [] }, 400],
      [
        'POST',
        '/proxies/p/toxics/latency_downstream',
        { type: 'latency', stream: 'downstream', toxicity: 0.5, attributes: { latency: 1, jitter: 2 } },
        200,
        like({ attributes: { latency: 1, jitter: 2 }, toxicity: 0.5 }),
      ],
      [
        'POST',
        '/proxies/p',
        { listen: '127.0.0.1:0', upstream: UPSTREAM, enabled: false },
        200,
        (t, { json }, answers) => t.like(json, { listen: at(answers, 0).json.listen, enabled: false }),
      ],
      ['POST', '/reset', null, 204, isEmpty],
      ['DELETE', '/proxies/p', null, 204, isEmpty],
    ],
  },
  {
    client: 'toxiproxy-cli 2.12.0',
    headers: { 'User-Agent': 'toxiproxy-cli/2.12.0 (linux/amd64)', 'Content-Type': 'application/json' },
    steps: [
      ['GET', '/proxies', null, 200, (t, { json }) => t.deepEqual(json, {})],
      [
        'POST',
        '/proxies',
        { name: 'rmq', listen: 'localhost:0', upstream: 'localhost:5672', enabled: true, toxics: null },
        201,
        ipv4,
      ],
      [
        'POST',
        '/proxies',
        { name: 'rmq', listen: 'localhost:0', upstream: 'localhost:5672', enabled: true, toxics: null },
        409,
        error('proxy already exists'),
      ],
      // toxic add
      ['GET', '/proxies/rmq', null, 200],
      [
        'POST',
        '/proxies/rmq/toxics',
        { name: '', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 1000, jitter: 5 } },
        200,
        like({ name: 'latency_downstream', stream: 'downstream' }),
      ],
      [
        'POST',
        '/proxies/rmq/toxics',
        { name: 'hang', type: 'timeout', stream: 'upstream', toxicity: 0.5, attributes: { timeout: 0 } },
        200,
        like({ name: 'hang', toxicity: 0.5 }),
      ],
      [
        'POST',
        '/proxies/rmq/toxics',
        { name: '', type: 'bogus', stream: 'downstream', toxicity: 1, attributes: {} },
        400,
        error('invalid toxic type'),
      ],
      // toxic update
      ['GET', '/proxies/rmq', null, 200],
      [
        'PATCH',
        '/proxies/rmq/toxics/hang',
        { attributes: { timeout: 100 }, toxicity: 1 },
        200,
        like({ toxicity: 1, attributes: { timeout: 100 } }),
      ],
      // inspect
      [
        'GET',
        '/proxies/rmq',
        null,
        200,
        (t, { json }) =>
          t.deepEqual(
            json.toxics.map(({ name }: { name: string }) => name),
            ['hang', 'latency_downstream'],
          ),
      ],
      // toggle, twice
      [
        'POST',
        '/proxies/rmq',
        (answers) => ({ ...at(answers, -1).json, enabled: false }),
        200,
        like({ enabled: false }),
      ],
      [
        'GET',
        '/proxies',
        null,
        200,
        (t, { json }) =>
          t.like(json.rmq, { enabled: false, toxics: [{ name: 'hang' }, { name: 'latency_downstream' }] }),
      ],
      ['GET', '/proxies/rmq', null, 200],
      [
        'POST',
        '/proxies/rmq',
        (answers) => ({ ...at(answers, -1).json, enabled: true }),
        200,
        (t, { json }, answers) => t.like(json, { enabled: true, listen: at(answers, 1).json.listen }),
      ],
      // toxic remove, twice
      ['DELETE', '/proxies/rmq/toxics/hang', null, 204, isEmpty],
      ['DELETE', '/proxies/rmq/toxics/hang', null, 404, error('toxic not found')],
      ['GET', '/proxies/nope', null, 404, error('proxy not found')],
      // delete, twice
      ['GET', '/proxies/rmq', null, 200],
      ['DELETE', '/proxies/rmq', null, 204, isEmpty],
      ['GET', '/proxies/rmq', null, 404, error('proxy not found')],
    ],
  },
];
