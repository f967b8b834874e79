import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from '../../lib/index.js';
import { openAmqp } from '../support/amqp-wire.js';
import { client, frame, plain } from '../support/bytes.js';
import { HEADER } from '../support/relayed.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { dialWire } from '../support/wire.js';

const upstream = () => `127.0.0.1:${sharedRabbitmq().port}`;

test('a client that survives a Start of 10 MiB with 10,000 nested tables can open its connection', async (t) => {
  await using snare = await createSnare({ upstream: upstream(), handshakeTimeout: 600_000 });
  await openAmqp(t, snare);
  await snare.faults.add({ type: 'amqp_start', attributes: { size: '10MiB', nesting: 10_000 } });
  const wire = await dialWire(t, snare);
  await wire.send(HEADER);
  await wire.arrived(7);
  const length = wire.received.readUInt32BE(3) + 8;
  t.is(wire.received.readUInt32BE(13), 10 * 1024 ** 2);
  await wire.arrived(length);
  t.is(wire.received[length - 1], 0xce);
  await wire.send(client.startOk({ response: plain('guest', 'guest') }));
  const [tuneLength, openOkLength] = [20, 13];
  const tune = (await wire.octets(length + tuneLength)).subarray(length);
  const [channelMax, frameMax] = [tune.readUInt16BE(11), tune.readUInt32BE(13)];
  await wire.send(frame({ name: 'connection.tune-ok', channelMax, frameMax, heartbeat: 0 }));
  await wire.send(frame({ name: 'connection.open', virtualHost: '/' }));
  await wire.arrived(length + tuneLength + openOkLength);
  wire.rst();
  t.like(await snare.nextReport({ fault: 'amqp_start_downstream' }), {
    decision: 'fault',
    stage: 'running',
    reason: { name: 'connection_closed_abruptly' },
    faults: [{ type: 'amqp_start', at: 'start' }],
    handshake: { user: 'guest', serverProduct: 'RabbitMQ' },
  });
});

test('amqplib reads a Start of 1 MiB, and runs out of stack at 100,000 nested tables', async (t) => {
  await using snare = await createSnare({ upstream: upstream(), handshakeTimeout: 600_000 });
  const fault = await snare.faults.add({ type: 'amqp_start', attributes: { size: '1MiB' } });
  const connection = await connect(snare.url);
  await connection.close();
  t.is((await snare.nextReport()).reason.name, 'connection_closed');
  await fault.change({ attributes: { size: null, nesting: 100_000 } });
  await t.throwsAsync(connect(snare.url), { instanceOf: RangeError });
  t.is(fault.seen.length, 2);
});

test("a frame_max below the broker's minimum reaches the client, and its answer is raised to the minimum", async (t) => {
  for (const clamp of [true, false]) {
    await using snare = await createSnare({ upstream: upstream() });
    await snare.faults.add({ type: 'amqp_tune', attributes: { frame_max: 1, clamp } });
    const amqp = await openAmqp(t, snare, { until: 'tune-ok', tuneOk: { frameMax: 1 } });
    await amqp.send({ name: 'connection.open', virtualHost: '/' });
    if (clamp) await amqp.next('connection.open-ok');
    else t.is(await amqp.wire.how(), 'rst');
    if (clamp) amqp.wire.rst();
    t.like(await snare.nextReport(), {
      stage: clamp ? 'running' : 'opening',
      handshake: { frameMax: clamp ? 4096 : 1 },
    });
  }
});

test('amqplib connects as soon as a window has ended, and a ramp has the value of that time', async (t) => {
  await using snare = await createSnare({ upstream: upstream() });
  const when = { every: '1h', for: '400ms' };
  const [refusing] = await snare.faults.add([
    { type: 'amqp_refuse', when },
    { type: 'latency', attributes: { latency: { from: 0, to: 30, over: 1 } } },
  ]);
  const began = performance.now();
  t.is(refusing?.state, 'active');
  let refused = 0;
  const retry = async (): Promise<Awaited<ReturnType<typeof connect>>> => {
    try {
      return await connect(snare.url);
    } catch {
      refused += 1;
      return retry();
    }
  };
  const connection = await retry();
  t.true(refused > 0);
  t.true(performance.now() - began >= 399);
  t.is(refusing?.state, 'pausing');
  await connection.close();
  const { explained } = await snare.nextReport({ decision: 'fault', reason: 'connection_closed' });
  t.true(explained.includes('fault "latency_downstream" (latency) acts, with latency=30ms'), explained.join('\n'));
});
