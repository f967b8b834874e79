import test from 'ava';
import { type ConnectionMethod, decodeMethod } from '../../lib/amqp/connection-methods.js';
import type { Field } from '../../lib/amqp/field-table.js';
import { createSnare } from '../../lib/index.js';
import { openAmqp } from '../support/amqp-wire.js';
import { heardUntil, openBeside, recordTalk, type Talk, whole } from '../support/broker-talk.js';
import { client, frame } from '../support/bytes.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const upstream = () => `127.0.0.1:${sharedRabbitmq().port}`;

let talk: Talk;
test.before(async () => {
  talk = await recordTalk();
});

/** Position and length of the parts of a frame, in octets. */
const PARTS = [
  ['frame_end', -1, 1],
  ['type', 0, 1],
  ['size', 3, 4],
  ['class', 7, 2],
  ['method', 9, 2],
] as const;

for (const at of ['start', 'tune', 'running'] as const) {
  for (const [what, from, length] of PARTS) {
    test(`amqp_corrupt at ${at} changes the ${what} of the broker's frame, and no other octet`, async (t) => {
      const attributes = { at, what, value: 99 } as const;
      const { closesWell } = await openBeside(t, talk, { type: 'amqp_corrupt', attributes });
      const [begin, end] = [heardUntil(talk, at, 'before').length, heardUntil(talk, at, 'after').length];
      const expected = whole(talk);
      expected.writeUIntBE(99, from < 0 ? end + from : begin + from, length);
      await closesWell(expected);
    });
  }
}

// A size that is too large is not tested, because the broker would wait for the rest.
for (const [at, what, reason, code] of [
  ['start-ok', 'class', 'reader_crashed', undefined],
  ['start-ok', 'method', 'reader_crashed', undefined],
  ['tune-ok', 'class', 'reader_crashed', undefined],
  ['tune-ok', 'method', 'reader_crashed', undefined],
  ['open', 'frame_end', 'frame_error', 501],
  ['open', 'class', 'reader_crashed', undefined],
  ['open', 'method', 'reader_crashed', undefined],
] as const) {
  test(`amqp_corrupt at ${at} changes the ${what} of the client's frame, and the broker rejects it`, async (t) => {
    const attributes = { at, what, value: 99 } as const;
    const { snare, wire, untouched } = await openBeside(t, talk, { type: 'amqp_corrupt', attributes });
    t.is(await wire.how(), 'rst');
    const heard = heardUntil(talk, at, 'before');
    t.deepEqual(wire.received.subarray(0, heard.length), heard);
    t.is(wire.receivedLength > heard.length, code !== undefined);
    const report = await snare.nextReport({ fault: 'here' });
    t.like(report, { decision: 'fault', reason: { name: reason }, fault: { at }, ended: { by: 'upstream' } });
    t.is(report.connectionClose?.code, code);
    await untouched();
  });
}

test("amqp_start changes only its attributes in the broker's Start, and the connection opens", async (t) => {
  await using snare = await createSnare({ upstream: upstream() });
  const other = await openAmqp(t, snare);
  const attributes = {
    version_minor: 8,
    mechanisms: 'PLAIN',
    server_properties: { product: 'Other', version: null, capabilities: { 'basic.nack': false } },
  };
  await snare.faults.add({ type: 'amqp_start', attributes });
  const { wire } = await openAmqp(t, snare);
  const start = decodeMethod(talk.start.subarray(7, -1)) as Extract<ConnectionMethod, { name: 'connection.start' }>;
  const properties = new Map(start.serverProperties).set('product', { type: 'S', value: 'Other' });
  properties.delete('version');
  const { value: capabilities } = properties.get('capabilities') as Extract<Field, { type: 'F' }>;
  const value = new Map(capabilities).set('basic.nack', { type: 't', value: false });
  const expected = frame({
    ...start,
    versionMinor: 8,
    mechanisms: 'PLAIN',
    serverProperties: properties.set('capabilities', { type: 'F', value }),
  });
  t.deepEqual(wire.received, Buffer.concat([expected, talk.tune, talk.openOk]));
  wire.destroy();
  t.like(await snare.nextReport(), { stage: 'running', fault: { type: 'amqp_start', at: 'start' } });
  t.deepEqual(other.wire.received, whole(talk));
});

for (const [clamp, frameMax] of [
  [true, 0],
  [true, 1_000_000],
  [false, 1_000_000],
] as const) {
  test(`amqp_tune with clamp: ${clamp}: the client uses a limit of ${frameMax} octets, the broker ${clamp ? 'its own' : 'refuses it'}`, async (t) => {
    await using snare = await createSnare({ upstream: upstream() });
    const other = await openAmqp(t, snare);
    const attributes = { frame_max: frameMax, channel_max: 50_000, heartbeat: 7, clamp };
    await snare.faults.add({ type: 'amqp_tune', attributes });
    const amqp = await openAmqp(t, snare, { until: 'tune-ok' });
    const { received } = amqp.wire;
    const tune = { name: 'connection.tune', channelMax: 50_000, frameMax, heartbeat: 7 } as const;
    t.deepEqual(received.subarray(talk.start.length), Buffer.from(frame(tune)));
    await amqp.send({ name: 'connection.open', virtualHost: '/' });
    if (clamp) {
      await amqp.next('connection.open-ok');
      await amqp.wire.send(client.close());
      await amqp.next('connection.close-ok');
      amqp.wire.fin();
    } else t.is(await amqp.wire.how(), 'rst');
    t.like(await snare.nextReport(), {
      decision: 'fault',
      reason: { name: clamp ? 'connection_closed' : 'handshake_error' },
      fault: { type: 'amqp_tune', at: 'tune' },
    });
    t.deepEqual(other.wire.received, whole(talk));
  });
}
