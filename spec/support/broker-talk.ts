import type { ExecutionContext } from 'ava';
import { FRAME_HEADER_LENGTH } from '../../lib/amqp/frame.js';
import { MOMENTS, type Moment, type Place } from '../../lib/faults/moment.js';
import { createSnare, type FaultHandle, type FaultInput, type Snare } from '../../lib/index.js';
import { openAmqp } from './amqp-wire.js';
import { CLOSE_OK, client } from './bytes.js';
import type { RabbitmqLog } from './rabbitmq/log.js';
import { until } from './rabbitmq/until.js';
import { HEADER } from './relayed.js';
import { sharedRabbitmq } from './shared-rabbitmq.js';
import { dialWire, type Wire } from './wire.js';

/** The bytes that the shared broker sends while a connection is opened; they are the same for every client. */
export type Talk = { readonly start: Buffer; readonly tune: Buffer; readonly openOk: Buffer };

/** Opens a connection to the shared broker, without a proxy. */
export async function recordTalk(): Promise<Talk> {
  const { wire } = await openAmqp({ teardown: () => {} }, { host: '127.0.0.1', port: sharedRabbitmq().port });
  const { received } = wire;
  wire.destroy();
  const frames: Buffer[] = [];
  for (let at = 0; at < received.length; at += frames.at(-1)?.length ?? 0) {
    frames.push(received.subarray(at, at + FRAME_HEADER_LENGTH + received.readUInt32BE(at + 3) + 1));
  }
  const [start, tune, openOk] = frames as [Buffer, Buffer, Buffer];
  return { start, tune, openOk };
}

/** All of these bytes. */
export const whole = ({ start, tune, openOk }: Talk): Buffer => Buffer.concat([start, tune, openOk]);

/** The bytes that have reached the client when a fault acts at a moment. */
export function heardUntil({ start, tune, openOk }: Talk, at: Moment, place: Place): Buffer {
  const words: Partial<Record<Moment, Buffer>> = { start, tune, running: openOk };
  const wordOf = (moment: Moment): Buffer => words[moment] ?? Buffer.alloc(0);
  const own = wordOf(at);
  const counts = { before: 0, middle: Math.floor(own.length / 2), after: own.length };
  const earlier = MOMENTS.slice(0, MOMENTS.indexOf(at)).map(wordOf);
  return Buffer.concat([...earlier, own.subarray(0, counts[place])]);
}

/**
 * Opens a connection and waits for as many bytes as the broker sends, without parsing them.
 *
 * @param name as in the broker's log
 */
async function goOn(wire: Wire, { start, tune, openOk }: Talk, name: string): Promise<void> {
  const properties = { product: 'app', connection_name: name, capabilities: { 'connection.blocked': true } };
  let due = 0;
  for (const [says, answer] of [
    [HEADER, start],
    [client.startOk({ properties }), tune],
    [Buffer.concat([client.tuneOk(), client.open()]), openOk],
  ] as const) {
    await wire.send(says);
    due += answer.length;
    const heard = wire.octets(due).then(
      () => true,
      () => false,
    );
    if (!(await Promise.race([heard, wire.gone.then(() => false)]))) return;
  }
}

/** A connection on which a fault acts, and another that was open before and must not be affected. */
export interface Beside {
  readonly snare: Snare;
  readonly fault: FaultHandle;
  readonly wire: Wire;
  /** Name of the connection in the broker's log. */
  readonly name: string;
  /** The broker's log since before the connection. */
  readonly log: RabbitmqLog;
  /** Resolves when the fault has acted. */
  acted(): Promise<void>;
  /** Checks that the client receives these bytes, closes, and receives only the answer, and the same for the other. */
  closesWell(expected: Buffer): Promise<void>;
  /** Closes the other connection: it has received everything that the broker sends, and its report lists no fault. */
  untouched(): Promise<void>;
}

let count = 0;

/** @param input must select its connection itself */
export async function openBeside(t: ExecutionContext, talk: Talk, input: FaultInput): Promise<Beside> {
  const { port, log } = sharedRabbitmq();
  const snare = await createSnare({ upstream: `127.0.0.1:${port}`, dialect: '3.10' });
  t.teardown(() => snare.close());
  const other = await openAmqp(t, snare);
  const mark = log.mark();
  const fault = await snare.faults.add({ ...input, name: 'here', when: { connection: '1' } });
  const wire = await dialWire(t, snare);
  const name = `beside-${process.pid}-${++count}-${input.type}`;
  void goOn(wire, talk, name);
  const untouched = async (): Promise<void> => {
    await other.wire.send(client.close());
    await other.next('connection.close-ok');
    t.deepEqual(other.wire.received, Buffer.concat([whole(talk), CLOSE_OK]));
    other.wire.fin();
    const report = await snare.nextReport({ client: other.wire.address });
    t.like(report, { decision: 'forward', reason: { name: 'connection_closed' }, fault: null, faults: [] });
  };
  const acted = async (): Promise<void> => {
    if ((await until(() => fault.seen.length > 0, 10_000)) === undefined) throw new Error(`${fault.id} did not act`);
  };
  const closesWell = async (expected: Buffer): Promise<void> => {
    await wire.octets(expected.length);
    await wire.send(client.close());
    await wire.octets(expected.length + CLOSE_OK.length);
    t.deepEqual(wire.received, Buffer.concat([expected, CLOSE_OK]));
    wire.fin();
    t.like(await snare.nextReport({ fault: 'here' }), {
      decision: 'fault',
      stage: 'closed',
      reason: { name: 'connection_closed' },
      connectionClose: { by: 'client', code: 200 },
      octets: { sent: expected.length + CLOSE_OK.length },
      fault: { name: 'here' },
    });
    await untouched();
  };
  return { snare, fault, wire, name, log: mark, acted, closesWell, untouched };
}
