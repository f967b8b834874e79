import {
  type ConnectionMethod,
  type ConnectionMethodName,
  decodeMethod,
  encodeMethodFrame,
} from '../../lib/amqp/connection-methods.js';
import { FRAME_TYPE, type Frame } from '../../lib/amqp/frame.js';
import { FrameReader } from '../../lib/amqp/frame-reader.js';
import { client, plain } from './bytes.js';
import { HEADER } from './relayed.js';
import type { Listening } from './server.js';
import { dialWire, type Until, type Wire } from './wire.js';

type Method<Name extends ConnectionMethodName> = Extract<ConnectionMethod, { name: Name }>;

/** An AMQP 0-9-1 client that does nothing on its own. */
export class AmqpWire {
  readonly wire: Wire;
  private readonly reader = new FrameReader({ maxPayload: 131_072 });
  private readonly frames: Frame[] = [];
  private read = 0;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  send(...methods: readonly ConnectionMethod[]): Promise<void> {
    return this.wire.send(Buffer.concat(methods.map(encodeMethodFrame)));
  }

  /** Returns the next frame that is not a heartbeat. */
  async frame(): Promise<Frame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame && frame.type !== FRAME_TYPE.heartbeat) return frame;
      if (frame) continue;
      const octets = await this.wire.octets(this.read + 1);
      this.frames.push(...this.reader.read(Uint8Array.from(octets.subarray(this.read))));
      this.read = octets.length;
    }
  }

  /** Returns the next frame, which must be this Connection method. */
  async next<Name extends ConnectionMethodName>(name: Name): Promise<Method<Name>> {
    const method = decodeMethod((await this.frame()).payload);
    if (method.name !== name) throw new Error(`expected ${name}, received ${JSON.stringify(method)}`);
    return method as Method<Name>;
  }
}

/** The last step of opening a connection, and the values to send. */
export type Opening = {
  readonly until?: 'start' | 'start-ok' | 'tune' | 'tune-ok' | 'open' | 'open-ok';
  readonly user?: string;
  readonly password?: string;
  readonly startOk?: Parameters<typeof client.startOk>[0];
  readonly tuneOk?: Partial<Method<'connection.tune-ok'>>;
  readonly vhost?: string;
};

/** Connects and sends the steps up to `until`, without waiting for the answer to the last one. */
export async function openAmqp(
  t: Until,
  target: Listening,
  { until = 'open-ok', user = 'guest', password = 'guest', startOk = {}, tuneOk = {}, vhost = '/' }: Opening = {},
): Promise<AmqpWire> {
  const amqp = new AmqpWire(await dialWire(t, target));
  await amqp.wire.send(HEADER);
  await amqp.next('connection.start');
  if (until === 'start') return amqp;
  await amqp.wire.send(client.startOk({ response: plain(user, password), ...startOk }));
  if (until === 'start-ok') return amqp;
  const { channelMax, frameMax, heartbeat } = await amqp.next('connection.tune');
  if (until === 'tune') return amqp;
  await amqp.send({ name: 'connection.tune-ok', channelMax, frameMax, heartbeat, ...tuneOk });
  if (until === 'tune-ok') return amqp;
  await amqp.send({ name: 'connection.open', virtualHost: vhost });
  if (until === 'open') return amqp;
  await amqp.next('connection.open-ok');
  return amqp;
}
