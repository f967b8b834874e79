import test, { type ExecutionContext } from 'ava';
import { PROBE_CASES } from '../../lib/probe/cases.js';
import { type ComparedResult, compare, type ExpectedServer, formatComparison } from '../../lib/probe/compare.js';
import type { ProbeResult } from '../../lib/probe/play.js';
import { probe } from '../../lib/probe/probe.js';
import { A31, A91, broker, protocolHeader } from '../support/bytes.js';
import { fixture } from '../support/fixture.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { startUpstream } from '../support/upstream.js';

/** Long enough to distinguish it from an immediate close on a busy machine. */
const TIMEOUT = 4_000;

/** A fake broker that accepts every forwarded client, in its protocol. */
function startBroker(t: ExecutionContext) {
  return startUpstream(t, (wire) => {
    void wire.octets(8).then((header) => {
      const [first, second, third] = header.subarray(4);
      if (second === 1 && third === 0 && first === 3) void wire.send(fixture('sasl-mechanisms-4.0.5'));
      else if (second === 1 && third === 0 && first === 0) {
        void wire.send(protocolHeader(0, 1, 0, 0));
        const timer = setTimeout(() => wire.rst(), TIMEOUT);
        t.teardown(() => clearTimeout(timer));
      } else {
        const start = Buffer.from(broker.start());
        if (first === 1 && third !== 0) start.set([8, 0], 11);
        void wire.send(start);
      }
    });
  });
}

async function playAgainst(t: ExecutionContext, settings: ProxyOptions): Promise<ProbeResult[]> {
  const proxy = await startProxy(t, await startBroker(t), { handshakeTimeout: TIMEOUT, ...settings });
  return probe({ ...proxy, expectedTimeout: TIMEOUT });
}

const server = (dialect: string, changed: Partial<ExpectedServer> = {}): ExpectedServer => ({
  dialect,
  amqp10: 'off',
  close: 'rst',
  handshakeTimeout: TIMEOUT,
  ...changed,
});

/** The cases that differ, with the keys that differ. */
const different = (compared: readonly ComparedResult[]): Record<string, string> =>
  Object.fromEntries(compared.filter(({ same }) => !same).map((each) => [each.case, each.different.join(' ')]));

const HEADERS = ['lowercase', 'ascii-0091', 'ascii-0091-split', 'http-get', 'tls'];
const GENERATION = {
  ...Object.fromEntries(HEADERS.map((name) => [name, 'received'])),
  'amqp-0-8': 'received end',
  'amqp-1-0-sasl': 'received end',
  'amqp-1-0': 'received',
};
const PLUGIN = { 'amqp-1-0-sasl': 'received end', 'amqp-1-0': 'received ms' };

for (const dialect of ['3.6', '3.7.7', '3.10.8', '3.13', '4.0', '4.1', '4.3']) {
  test(`a proxy with the dialect ${dialect} matches ${dialect}, and not the other generation`, async (t) => {
    const results = await playAgainst(t, { dialect });
    t.deepEqual(different(compare(results, server(dialect))), {});
    t.deepEqual(different(compare(results, server(dialect.startsWith('3') ? '4.0' : '3.10'))), GENERATION);
  });
}

test('the AMQP 1.0 plugin of 3.x can be expected or not', async (t) => {
  const results = await playAgainst(t, { dialect: '3.10', amqp10: 'on' });
  t.deepEqual(different(compare(results, server('3.10', { amqp10: 'on' }))), {});
  t.deepEqual(different(compare(results, server('3.10'))), {
    'amqp-1-0-sasl': 'received end',
    'amqp-1-0': 'received ms',
  });
  const without = await playAgainst(t, { dialect: '3.10', amqp10: 'off' });
  t.deepEqual(different(compare(without, server('3.10', { amqp10: 'on' }))), PLUGIN);
});

test('a close with FIN can be expected or not', async (t) => {
  const results = await playAgainst(t, { dialect: '3.10', close: 'fin' });
  t.deepEqual(different(compare(results, server('3.10', { close: 'fin' }))), {});
  const ends = different(compare(results, server('3.10')));
  const taken = ['amqp-0-9-1', 'amqp-0-9', 'amqp-0-8'];
  t.deepEqual(
    ends,
    Object.fromEntries(PROBE_CASES.filter(({ name }) => !taken.includes(name)).map(({ name }) => [name, 'end'])),
  );
});

test('another handshake timeout differs only in the cases that reach it', async (t) => {
  const results = await playAgainst(t, { dialect: '4.0', handshakeTimeout: 2_000 });
  t.deepEqual(different(compare(results, server('4.0'))), { silence: 'ms', 'partial-silence': 'ms' });
  t.deepEqual(different(compare(results, server('4.0', { handshakeTimeout: 2_000 }))), {});
});

/** Results as RabbitMQ 3.10 gives them. */
const results: readonly ProbeResult[] = [
  { case: 'lowercase', sent: '616d717030303931', received: A91, end: 'rst', ms: 1.5 },
  { case: 'amqp-0-9-1', sent: '414d515000000901', received: '', end: 'open', ms: 100.1 },
];

test('a compared result has the result first, then the expectation', (t) => {
  const [first, second] = compare(results, server('4.0'));
  t.deepEqual(first, {
    ...(results[0] as ProbeResult),
    expected: {
      answer: 'AMQP 3 1 0 0',
      received: A31,
      end: 'rst',
      ms: [0, 1_500],
      summary: 'AMQP 3 1 0 0, then rst at once',
    },
    same: false,
    different: ['received'],
  });
  t.like(second, { expected: { answer: 'Connection.Start 0-9', received: null, end: 'open' }, same: false });
});

test('the table shows whether each case is the same, and then the count', (t) => {
  const expected = server('3.10');
  t.deepEqual(formatComparison(compare(results, expected), expected).split('\n'), [
    'case        sent          received      end         ms  as 3.10',
    'lowercase   amqp0091      AMQP 0 0 9 1  rst        1.5  same',
    'amqp-0-9-1  AMQP 0 0 9 1  -             open     100.1  different (received): expected Connection.Start 0-9',
    '1 of 2 cases match RabbitMQ 3.10.',
  ]);
});

test('an invalid version and an unknown case are errors', (t) => {
  t.throws(() => compare(results, server('latest')), { instanceOf: RangeError, message: /"latest"/ });
  const [first] = results as [ProbeResult];
  t.throws(() => compare([{ ...first, case: 'nope' }], server('3.10')), { message: 'no such case: nope' });
});
