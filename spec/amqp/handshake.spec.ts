import test from 'ava';
import type { ConnectionMethod } from '../../lib/amqp/connection-methods.js';
import { afterMethod, type Handshake, NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { fieldTable, type Plain } from '../../lib/amqp/plain-field.js';
import { plain } from '../support/bytes.js';

const startOk = (properties: Readonly<Record<string, Plain>>): ConnectionMethod => ({
  name: 'connection.start-ok',
  clientProperties: fieldTable(properties),
  mechanism: 'PLAIN',
  response: plain('app', 'secret'),
  locale: 'en_US',
});

const steps: readonly (readonly [method: ConnectionMethod, learned: Partial<Handshake>])[] = [
  [
    {
      name: 'connection.start',
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: fieldTable({ product: 'RabbitMQ', version: '4.0.5', platform: 'Erlang/OTP 27' }),
      mechanisms: 'PLAIN',
      locales: 'en_US',
    },
    { serverProduct: 'RabbitMQ', serverVersion: '4.0.5' },
  ],
  [
    startOk({ product: 'app', version: '2', platform: 'node', password: 'secret' }),
    { product: 'app', version: '2', platform: 'node', mechanism: 'PLAIN', user: 'app' },
  ],
  [
    { name: 'connection.tune-ok', channelMax: 1, frameMax: 4096, heartbeat: 0 },
    { channelMax: 1, frameMax: 4096, heartbeat: 0 },
  ],
  [{ name: 'connection.open', virtualHost: '/' }, { vhost: '/' }],
];

for (const [method, learned] of steps) {
  test(`${method.name} provides ${Object.keys(learned).join(', ')}, and nothing else`, (t) => {
    t.deepEqual(afterMethod(NOTHING_SAID, method), { ...NOTHING_SAID, ...learned });
  });
}

test('each method adds to the previous ones', (t) => {
  const all = steps.reduce((before, [method]) => afterMethod(before, method), NOTHING_SAID);
  t.deepEqual(all, Object.assign({ ...NOTHING_SAID }, ...steps.map(([, learned]) => learned)));
});

test('properties that are not text, or missing, are null', (t) => {
  t.like(afterMethod(NOTHING_SAID, startOk({ product: 7, version: { major: 1 } })), {
    product: null,
    version: null,
    platform: null,
  });
});

test('other methods change nothing', (t) => {
  const others: readonly ConnectionMethod[] = [
    { name: 'connection.tune', channelMax: 1, frameMax: 1, heartbeat: 1 },
    { name: 'connection.open-ok' },
    { name: 'connection.close-ok' },
    { name: 'connection.secure-ok', response: plain('app', 'secret') },
  ];
  for (const method of others) t.is(afterMethod(NOTHING_SAID, method), NOTHING_SAID);
});
