import { connect, type OnReadOpts, type Socket } from 'node:net';
import { encodeFrame, FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE } from '../../lib/amqp/frame.js';
import { OctetWriter } from '../../lib/amqp/octet-writer.js';
import { client, frame } from '../support/bytes.js';
import { HEADER } from '../support/relayed.js';

/** A method by the numbers of AMQP 0-9-1. */
export type MethodId = readonly [classId: number, methodId: number];

/** Class and method in one number. */
export const keyOf = ([classId, methodId]: MethodId): number => classId * 65_536 + methodId;

/** The octets of a method frame on channel 1. @param write writes its arguments */
export function method([classId, methodId]: MethodId, write: (writer: OctetWriter) => void = () => {}): Uint8Array {
  const writer = new OctetWriter();
  writer.short(classId);
  writer.short(methodId);
  write(writer);
  return encodeFrame(FRAME_TYPE.method, 1, writer.octets());
}

const START = keyOf([10, 10]);
const TUNE = keyOf([10, 30]);
const OPEN_OK = keyOf([10, 41]);
const CLOSE = keyOf([10, 50]);
const CLOSE_OK = keyOf([10, 51]);
const CHANNEL_CLOSE = keyOf([20, 40]);

const START_OK = client.startOk({ properties: {} });
const TUNE_OK_AND_OPEN = Buffer.concat([
  frame({ name: 'connection.tune-ok', channelMax: 2047, frameMax: 131_072, heartbeat: 0 }),
  client.open(),
]);

/** What a connection tells its user. */
export interface Handlers {
  opened(): void;
  /** A method that is not of the connection itself. @param args are only valid during the call */
  method?(key: number, args: Buffer): void;
}

/**
 * A connection to a real broker that does the least possible: it costs less CPU than what is measured.
 * User and password are `guest`, the virtual host is `/`.
 */
export class BrokerConnection {
  /** Resolves when TCP has ended after `close()`. Rejects if it ends before. */
  readonly ended: Promise<void>;
  private readonly socket: Socket;
  private readonly handlers: Handlers;
  private rest: Buffer | null = null;
  private isClosing = false;

  constructor(port: number, handlers: Handlers) {
    this.handlers = handlers;
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(16_384),
      callback: (length, buffer) => {
        this.read((buffer as Buffer).subarray(0, length));
        return true;
      },
    };
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
    this.socket = socket;
    socket.on('connect', () => socket.write(HEADER));
    this.ended = new Promise((resolve, reject) => {
      // After Close a broker may end TCP with a reset.
      socket.on('error', (error) => (this.isClosing ? resolve() : reject(error)));
      socket.on('close', () => (this.isClosing ? resolve() : reject(new Error('the connection ended early'))));
    });
  }

  write(octets: Uint8Array): void {
    this.socket.write(octets);
  }

  close(): void {
    this.isClosing = true;
    this.write(client.close());
  }

  private read(chunk: Buffer): void {
    const all = this.rest === null ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (all.length - at > FRAME_HEADER_LENGTH) {
      const payload = at + FRAME_HEADER_LENGTH;
      const end = payload + all.readUInt32BE(at + 3);
      if (all.length <= end) break;
      if (all[end] !== FRAME_END) this.socket.destroy(new Error('a frame has no end octet'));
      if (all[at] === FRAME_TYPE.method) this.take(all.readUInt32BE(payload), all.subarray(payload + 4, end));
      at = end + 1;
    }
    // A copy: the buffer is used again.
    this.rest = at === all.length ? null : Buffer.from(all.subarray(at));
  }

  private take(key: number, args: Buffer): void {
    if (key === START) this.write(START_OK);
    else if (key === TUNE) this.write(TUNE_OK_AND_OPEN);
    else if (key === OPEN_OK) this.handlers.opened();
    else if (key === CLOSE_OK) this.socket.end();
    else if (key === CLOSE || key === CHANNEL_CLOSE) {
      const text = args.toString('utf8', 3, 3 + (args[2] ?? 0));
      this.socket.destroy(new Error(`closed by the broker: ${args.readUInt16BE(0)} ${text}`));
    } else this.handlers.method?.(key, args);
  }
}
