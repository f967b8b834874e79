import test from 'ava';
import { toHex } from '../../lib/amqp/header.js';
import { FRAME_CASES, HEADER_CASES } from '../../lib/probe/identifying-cases.js';
import { type Identity, identityOf } from '../../lib/probe/identity.js';
import { formatIdentity } from '../../lib/probe/identity-text.js';
import type { ProbeResult } from '../../lib/probe/play.js';
import { A31, A91, ascii, broker } from '../support/bytes.js';
import { fixture } from '../support/fixture.js';

/** The received octets, how the connection ended, and after how many ms. */
type Seen = readonly [received: string, end: ProbeResult['end'], ms: number];
type Server = Readonly<Record<string, Seen>>;

const NAMES = [...HEADER_CASES, ...FRAME_CASES].map(({ name }) => name);

const start = toHex(broker.start());
/** Connection.Start 8-0: the version follows the frame header and the method. */
const startZeroEight = `${start.slice(0, 22)}0800${start.slice(26)}`;
const sasl = toHex(fixture('sasl-mechanisms-4.0.5'));

const a91: Seen = [A91, 'rst', 2.1];
const a31: Seen = [A31, 'rst', 2.1];
const open: Seen = ['', 'open', 3_400];
const started: Seen = [start, 'open', 101];
const silenced: Seen = [start, 'rst', 3_004.2];
const waiting: Seen = [start, 'open', 3_600];
const text = (said: string, end: ProbeResult['end'] = 'open', ms = 3_400): Seen => [toHex(ascii(said)), end, ms];

/** The frames of a server with this limit: it resets after 3 s when one announces more. */
function frames(limit: number): Server {
  return Object.fromEntries(FRAME_CASES.map(({ name, announces }) => [name, announces > limit ? silenced : waiting]));
}

/** As observed on 3.10.8. */
const rabbitmq3: Server = {
  tls: a91,
  'http-get': a91,
  lowercase: a91,
  'ascii-0091': a91,
  'amqp-0-9-1': started,
  'amqp-0-9-2': a91,
  'amqp-0-8': [startZeroEight, 'open', 101],
  'amqp-1-0-sasl': a91,
  'amqp-1-0-tls': a91,
  fin: ['', 'rst', 1],
  'partial-silence': open,
  silence: open,
  ...frames(4096),
};

/** As observed on 4.0.5. */
const rabbitmq4: Server = {
  ...rabbitmq3,
  tls: a31,
  'http-get': a31,
  lowercase: a31,
  'ascii-0091': a31,
  'amqp-0-8': a31,
  'amqp-1-0-sasl': [sasl, 'open', 101],
  'amqp-1-0-tls': a31,
};

/** The same result in all cases. */
const always = (seen: Seen): Server => Object.fromEntries(NAMES.map((name) => [name, seen]));

const ending = (server: Server, end: 'fin' | 'rst'): Server =>
  Object.fromEntries(
    Object.entries(server).map(([name, seen]) => [name, seen[1] === 'open' ? seen : [seen[0], end, seen[2]]]),
  );

function identified(server: Server): Identity {
  const cases = [...HEADER_CASES, ...FRAME_CASES];
  return identityOf(
    cases.map(({ name, steps }) => {
      const seen = server[name];
      if (seen === undefined) throw new Error(`the server has no result for the case ${name}`);
      const [received, end, ms] = seen;
      const sent = steps.map((step) => (step !== 'fin' && 'send' in step ? toHex(step.send) : '')).join('');
      return { case: name, sent, received, end, ms };
    }),
  );
}

const WITHOUT = 'RabbitMQ 3.x (3.6 to 3.13), without the AMQP 1.0 plugin';

const brokers: readonly (readonly [title: string, server: Server, name: string])[] = [
  ['3.x', rabbitmq3, WITHOUT],
  [
    '3.x with the plugin',
    { ...rabbitmq3, 'amqp-1-0-sasl': [sasl, 'open', 101], 'amqp-1-0-tls': a31 },
    'RabbitMQ 3.x (3.6 to 3.13), with the AMQP 1.0 plugin',
  ],
  ['4.0', rabbitmq4, 'RabbitMQ 4.0'],
  ['4.1', { ...rabbitmq4, ...frames(8192) }, 'RabbitMQ 4.1 or later'],
];

for (const [title, server, name] of brokers) {
  test(`${title} is ${name}, whether it closes with RST or FIN`, (t) => {
    for (const close of ['rst', 'fin'] as const) {
      const identity = identified(ending(server, close));
      t.like(identity, { rabbitmq: true, kind: 'rabbitmq', name, close });
      t.deepEqual(
        identity.evidence.map((each) => each.case),
        NAMES,
      );
      for (const { sentence } of identity.evidence) t.notRegex(sentence, /unlike/);
    }
  });
}

test('closes of both kinds are reported as mixed', (t) => {
  const identity = identified({ ...rabbitmq3, fin: ['', 'fin', 1] });
  t.like(identity, { rabbitmq: true, name: WITHOUT, close: 'mixed' });
  t.regex(formatIdentity(identity), /^close: rst and fin: something in between/m);
});

test('octets that a reset discards while the client still writes are ignored', (t) => {
  t.true(identified({ ...rabbitmq3, tls: ['', 'rst', 1], 'http-get': [A91.slice(0, 4), 'rst', 1] }).rabbitmq);
  t.false(identified({ ...rabbitmq3, lowercase: ['', 'rst', 1] }).rabbitmq);
});

test('a changed frame size limit is remarked, and the other cases still identify the generation', (t) => {
  const identity = identified({ ...rabbitmq3, 'large-frame': waiting });
  t.like(identity, { rabbitmq: true, name: WITHOUT });
  t.true(identity.remarks.some((remark) => remark.includes('initial_frame_max is not the default')));
});

test('without a frame size limit, the headers identify the generation', (t) => {
  const unlimited = frames(Number.POSITIVE_INFINITY);
  t.like(identified({ ...rabbitmq3, ...unlimited }), { rabbitmq: true, name: WITHOUT });
  t.like(identified({ ...rabbitmq4, ...unlimited }), { rabbitmq: true, name: 'RabbitMQ 4.x' });
});

test('a handshake timeout below 3 s is remarked, and is not taken for the refusal of a frame', (t) => {
  const late: Seen = ['', 'rst', 1_001];
  const short = { silence: late, 'partial-silence': late, 'large-frame': [start, 'rst', 1_003] } as const;
  const identity = identified({ ...rabbitmq4, ...short });
  t.is(identity.name, 'RabbitMQ 4.1 or later');
  t.true(identity.remarks.includes('Its handshake timeout is 1.0 s.'));
});

test('with a handshake timeout of 3 s, 4.0 and 4.1 cannot be distinguished', (t) => {
  const late: Seen = ['', 'rst', 3_001];
  const identity = identified({ ...rabbitmq4, silence: late, 'partial-silence': late });
  t.like(identity, { rabbitmq: true, name: 'RabbitMQ 4.x' });
  t.true(identity.remarks.some((remark) => remark.includes('4.0 and 4.1 or later cannot be distinguished')));
});

test('the name that a server reports is only a remark, without control characters', (t) => {
  const named = (product: string) =>
    identified({ ...rabbitmq3, 'amqp-0-9-1': [toHex(broker.start({ product, version: '1.0' })), 'open', 101] });
  t.like(named('LavinMQ'), { rabbitmq: true, name: WITHOUT });
  t.true(named('LavinMQ').remarks.includes('It reports itself as LavinMQ 1.0, which was not taken into account.'));
  t.true(
    named('\u001b[31mred').remarks.includes('It reports itself as .[31mred 1.0, which was not taken into account.'),
  );
});

/** A broker that refuses all headers except 0-9-1 and 0-9 with `AMQP 0 0 9 1` and a FIN, after its first read. From LavinMQ's source. */
const lavinmq: Server = {
  ...always([A91, 'fin', 1]),
  'amqp-0-9-1': started,
  fin: ['', 'fin', 1],
  silence: open,
  'large-frame': [start, 'fin', 5],
  'huge-frame': [start, 'fin', 5],
};

const others: readonly (readonly [title: string, server: Server, kind: Identity['kind'], name: RegExp])[] = [
  ['LavinMQ', lavinmq, 'amqp', /^not RabbitMQ: another AMQP broker/],
  [
    'a broker of AMQP 1.0 only',
    { ...always(a31), 'amqp-1-0-sasl': [sasl, 'open', 101], silence: open, 'partial-silence': open },
    'amqp',
    /^not RabbitMQ: another AMQP broker/,
  ],
  [
    '3.x in front of 4.x',
    { ...rabbitmq3, 'amqp-0-8': a31 },
    'amqp',
    /^not RabbitMQ: another AMQP broker, or something/,
  ],
  ['no broker behind a proxy', { ...rabbitmq3, 'amqp-0-9-1': ['', 'rst', 3] }, 'amqp', /something in front of one$/],
  [
    'the stand-in',
    { ...rabbitmq3, 'large-frame': waiting, 'huge-frame': [start, 'rst', 9] },
    'stand-in',
    /^not RabbitMQ: probably the stand-in of rabbit-snare: .* like RabbitMQ 3.x/,
  ],
  [
    'a server that sends more when a frame is announced',
    { ...rabbitmq3, 'huge-frame': [`${start}${start}`, 'fin', 3_650] },
    'amqp',
    /too large a frame$/,
  ],
  ['a listener without a server', always(['', 'fin', 1]), 'closes', /closes at once, like a load balancer/],
  ['a load balancer whose server is down', always(['', 'fin', 3_006]), 'closes', /closes after 3.0 s without a reply/],
  ['a listener that sends nothing', always(open), 'mute', /accepts connections but sends nothing$/],
  [
    'a server that handles one client only',
    { ...always(open), tls: ['', 'fin', 1] },
    'mute',
    /accepts connections but sends nothing$/,
  ],
  [
    'a RabbitMQ that requires a PROXY header',
    { ...always(['', 'rst', 1]), silence: ['', 'rst', 3_001] },
    'proxy protocol',
    /requires a PROXY header/,
  ],
  [
    'a server that closes when it receives octets',
    { ...always(['', 'rst', 1]), silence: open },
    'closes',
    /closes without a reply as soon as the client sends something$/,
  ],
  ['nginx', { ...always(open), 'http-get': text('HTTP/1.1 400 Bad Request\r\n', 'fin', 2) }, 'http', /an HTTP server$/],
  ['a TLS port', { ...always(open), tls: ['160303007a', 'open', 3_400] }, 'tls', /a TLS server$/],
  ['the TLS port of a broker', { ...always(open), lowercase: ['1503010002020a', 'rst', 2] }, 'tls', /a TLS server$/],
  [
    'SSH',
    always(text('SSH-2.0-OpenSSH_9.2\r\n')),
    'speaks first',
    /sends data before the client does: 'SSH-2.0-OpenSSH_9.2\.\.'$/,
  ],
  ['Redis', { ...always(open), 'http-get': text('-ERR no\r\n') }, 'other', /answers '-ERR no\.\.' to http-get$/],
];

for (const [title, server, kind, name] of others) {
  test(`${title} is not RabbitMQ`, (t) => {
    const identity = identified(server);
    t.like(identity, { rabbitmq: false, kind });
    t.regex(identity.name, name);
    t.true(identity.name.startsWith('not RabbitMQ: '));
  });
}

test('an echo server is not RabbitMQ, although some of its replies begin with AMQP', (t) => {
  const cases = [...HEADER_CASES, ...FRAME_CASES];
  const results = cases.map(({ name, steps }): ProbeResult => {
    const sent = steps.map((step) => (step !== 'fin' && 'send' in step ? toHex(step.send) : '')).join('');
    return { case: name, sent, received: sent, end: 'open', ms: 3_400 };
  });
  t.like(identityOf(results), { rabbitmq: false, kind: 'echo', close: null });
});

test('a refusal before the eighth octet is remarked', (t) => {
  t.true(identified(lavinmq).remarks.some((remark) => remark.includes('before the eighth byte')));
});

test('the closest generation is named, with the cases that differ', (t) => {
  const { remarks } = identified({ ...rabbitmq3, 'amqp-0-8': a31 });
  t.true(remarks.includes(`The closest is ${WITHOUT}, except for amqp-0-8.`));
});

test('the evidence names the generations with the same result', (t) => {
  const { evidence } = identified(rabbitmq4);
  const sentence = (name: string) => evidence.find((each) => each.case === name)?.sentence ?? '';
  t.is(
    sentence('lowercase'),
    'lowercase (the header in lower case, as text): AMQP 3 1 0 0, rst after 2.1 ms; like RabbitMQ 4.x.',
  );
  t.regex(sentence('fin'), /; like every RabbitMQ\.$/);
  t.regex(sentence('large-frame'), /; like RabbitMQ 3\.x or 4\.0\.$/);
  t.regex(sentence('amqp-1-0-tls'), /; like RabbitMQ 3\.x with the AMQP 1\.0 plugin or 4\.x\.$/);
});

test('the text has the name, the close, the remarks and the evidence', (t) => {
  const [name, close, remark, ...evidence] = formatIdentity(identified(rabbitmq3)).split('\n');
  t.is(name, WITHOUT);
  t.is(close, 'close: rst, like RabbitMQ by default');
  t.is(remark, 'It reports itself as RabbitMQ 3.10.8, which was not taken into account.');
  t.is(evidence.length, NAMES.length);
  t.is(
    formatIdentity(identified(always(open)))
      .split('\n')[1]
      ?.startsWith('close'),
    false,
  );
});

test('a case that was not played is an error', (t) => {
  t.throws(() => identityOf([]), { instanceOf: RangeError, message: 'the case tls was not played' });
});
