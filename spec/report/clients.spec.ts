import test from 'ava';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { absentClients, clientsOf } from '../../lib/report/clients.js';
import { untilRecovered } from '../../lib/report/recovery.js';
import type { OpenConnection } from '../../lib/report/report.js';

const open = (id: string, client: string, product = 'amqplib', more: Partial<OpenConnection> = {}): OpenConnection => ({
  id,
  client,
  proxy: 'amqp',
  at: '2026-11-23T00:00:00.000Z',
  via: null,
  listen: '127.0.0.1:5673',
  upstream: 'stand-in',
  stage: 'running',
  octets: { received: 0, sent: 0 },
  upstreamOctets: null,
  handshake: { ...NOTHING_SAID, user: 'app', vhost: '/', product },
  ...more,
});

const APP = 'app at 10.0.0.5 (vhost /, product amqplib)';

test('a client is its IP address, user, vhost and product, and not its port', (t) => {
  const connections = [
    open('1', '10.0.0.5:1'),
    open('2', '10.0.0.5:2'),
    open('3', '[::1]:1'),
    open('4', '10.0.0.5:3', 'pika'),
  ];
  t.deepEqual(
    [...clientsOf(connections).values()].map(({ name, connections: { length } }) => [name, length]),
    [
      [APP, 2],
      ['app at ::1 (vhost /, product amqplib)', 1],
      ['app at 10.0.0.5 (vhost /, product pika)', 1],
    ],
  );
});

test('a connection counts when its handshake is complete', (t) => {
  t.is(clientsOf([open('1', '10.0.0.5:1', 'amqplib', { stage: 'opening' })]).size, 0);
});

test('what a client says about itself is kept on one line', (t) => {
  const [name] = clientsOf([open('1', '10.0.0.5:1', 'a\nb')]).keys();
  t.is(name, 'app at 10.0.0.5 (vhost /, product a.b)');
});

test('a client is absent until it has as many connections as before, whatever else is open', (t) => {
  const before = [open('1', '10.0.0.5:1'), open('2', '10.0.0.5:2'), open('3', '10.0.0.6:1')];
  t.deepEqual(absentClients(before, before), []);
  const now = [
    open('4', '10.0.0.5:3', 'amqplib', { proxy: 'other' }),
    open('5', '10.0.0.6:2'),
    open('6', '10.0.0.7:1'),
  ];
  t.deepEqual(absentClients(before, now), [{ name: APP, missing: 1 }]);
});

test('clients have recovered when all of them are back at the same time', async (t) => {
  const before = [open('1', '10.0.0.5:1'), open('2', '10.0.0.6:1')];
  const both = [open('4', '10.0.0.6:2'), open('5', '10.0.0.5:3')];
  // The last state stays. One that lasts for a moment does not count.
  const states = [[], [open('3', '10.0.0.5:2')], both, [open('4', '10.0.0.6:2')], both];
  let reads = 0;
  await untilRecovered(before, () => states[Math.min(reads++, 4)] ?? [], { timeout: 60_000 });
  t.true(reads >= 6);
});

test('the error names each client that is not back, and how many connections it lacks', async (t) => {
  const before = [open('1', '10.0.0.5:1'), open('2', '10.0.0.5:2'), open('3', '10.0.0.6:1')];
  await t.throwsAsync(
    untilRecovered(before, () => [], { timeout: 0 }),
    {
      code: 'ERR_NOT_RECOVERED',
      message: [
        `${APP} was not back within 0 ms: 2 of its connections are missing`,
        'app at 10.0.0.6 (vhost /, product amqplib) was not back within 0 ms',
      ].join('\n'),
    },
  );
});
