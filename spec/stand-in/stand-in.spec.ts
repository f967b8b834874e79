import { AMQPClient } from '@cloudamqp/amqp-client';
import { connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../lib/clock.js';
import { probe } from '../../lib/probe/probe.js';
import { headerRules, NOTHING_LEARNED } from '../../lib/rules/header-rules.js';
import { StandIn } from '../../lib/stand-in/stand-in.js';
import { ManualClock } from '../support/manual-clock.js';
import { HEADER } from '../support/relayed.js';
import type { Listening } from '../support/server.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

async function startStandIn(
  t: ExecutionContext,
  { dialect = '3.6', handshakeTimeout = 10_000, clock = systemClock } = {},
): Promise<Listening & { readonly standIn: StandIn }> {
  const rules = headerRules({ dialect, amqp10: 'auto' }, NOTHING_LEARNED);
  const standIn = new StandIn({ rules, handshakeTimeout, clock });
  const listening = await standIn.listen();
  t.teardown(() => standIn.close());
  return { ...listening, standIn };
}

const urlOf = ({ port }: Listening) => `amqp://someone:anything@127.0.0.1:${port}/any`;

test('amqplib opens a connection and a channel, and closes both', async (t) => {
  const connection = await connect(urlOf(await startStandIn(t)));
  const channel = await connection.createChannel();
  await channel.close();
  await t.notThrowsAsync(connection.close());
});

test('@cloudamqp/amqp-client opens a connection and a channel, and closes both', async (t) => {
  const connection = await new AMQPClient(urlOf(await startStandIn(t))).connect();
  const channel = await connection.channel();
  await channel.close();
  await t.notThrowsAsync(connection.close());
});

test('an unsupported method ends the connection with 540 NOT_IMPLEMENTED', async (t) => {
  const connection = await connect(urlOf(await startStandIn(t)));
  const failed = new Promise<Error>((resolve) => connection.once('error', resolve));
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  void channel.assertQueue('a').catch(() => {});
  t.regex((await within(failed, 'the end of the connection')).message, /540.*NOT_IMPLEMENTED/);
});

test('it reacts to the cases of probe like a broker with the dialect', async (t) => {
  const farewells = { '3.6': '414d515000000901', '4.0': '414d515003010000' };
  for (const [dialect, farewell] of Object.entries(farewells)) {
    const target = await startStandIn(t, { dialect, handshakeTimeout: 2_000 });
    const results = await probe({ ...target, expectedTimeout: 5_000 });
    const seen = new Map(results.map(({ case: name, received, end }) => [name, `${received} ${end}`]));
    for (const name of ['silence', 'fin', 'partial-fin', 'partial-silence', 'seven-fin']) {
      t.is(seen.get(name), ' rst', name);
    }
    for (const name of ['lowercase', 'ascii-0091', 'ascii-0091-split', 'http-get', 'tls']) {
      t.is(seen.get(name), `${farewell} rst`, name);
    }
    t.regex(seen.get('amqp-0-9-1') ?? '', /^01.* open$/);
  }
});

test('a client that stops during the handshake is reset at the handshake timeout, counted from accept', async (t) => {
  const clock = new ManualClock();
  const target = await startStandIn(t, { clock });
  const client = await dialWire(t, target);
  while (clock.timers === 0) await new Promise(setImmediate);
  clock.advance(6_000);
  await client.send(HEADER);
  const start = await client.octets(100);
  t.true(start.includes('rabbit-snare stand-in'));
  clock.advance(3_999);
  await client.send(Uint8Array.of(1, 0, 0));
  clock.advance(1);
  t.is(await client.how(), 'rst');
});

test('a good header with a FIN is answered, then the connection is reset', async (t) => {
  for (let at = 0; at < 50; at++) {
    const client = await dialWire(t, await startStandIn(t));
    void client.send(HEADER);
    client.fin();
    t.is(await client.how(), 'rst');
    t.true(client.received.includes('rabbit-snare stand-in'));
  }
});

test('closing it resets all open connections', async (t) => {
  const { standIn, ...target } = await startStandIn(t);
  const [silent, greeted] = [await dialWire(t, target), await dialWire(t, target)];
  await greeted.send(HEADER);
  await greeted.octets(100);
  await within(standIn.close(), 'the end of the stand-in');
  t.deepEqual([await silent.how(), await greeted.how()], ['rst', 'rst']);
});
