import { encodeFrame, FRAME_TYPE } from '../../lib/amqp/frame.js';
import { OctetWriter } from '../../lib/amqp/octet-writer.js';
import { BrokerConnection, keyOf, type MethodId, method } from './broker-connection.js';

const CHANNEL_OPEN: MethodId = [20, 10];
const CONFIRM_SELECT: MethodId = [85, 10];
const QUEUE_DECLARE: MethodId = [50, 10];
const BASIC_PUBLISH: MethodId = [60, 40];
const CHANNEL_OPEN_OK = keyOf([20, 11]);
const SELECT_OK = keyOf([85, 11]);
const DECLARE_OK = keyOf([50, 11]);
const ACK = keyOf([60, 80]);

/** Messages that wait for their confirm at the same time. */
const IN_FLIGHT = 200;
/** Octets of a message. */
const SIZE = 256;
/** Messages that the queue keeps. */
const QUEUE_LENGTH = 1_000;

/**
 * Publishes on one channel to an exclusive queue, with publisher confirms.
 *
 * @returns confirms in a second
 */
export async function confirms(port: number, seconds: number): Promise<number> {
  let message: Uint8Array = new Uint8Array();
  let [sent, acknowledged, began, took] = [0, 0, 0, 0];
  const publish = (count: number) => {
    if (count <= 0) return;
    sent += count;
    connection.write(count === 1 ? message : Buffer.concat(Array(count).fill(message)));
  };
  const acknowledge = (args: Buffer) => {
    // With `multiple` it confirms all up to its number, which has not to be in order with single ones.
    const tag = Number(args.readBigUInt64BE(0));
    acknowledged = (args[8] ?? 0) & 1 ? Math.max(acknowledged, tag) : acknowledged + 1;
    took = performance.now() - began;
    if (took < seconds * 1000) publish(IN_FLIGHT - (sent - acknowledged));
    else if (!isOver) {
      isOver = true;
      connection.close();
    }
  };
  let isOver = false;
  const connection = new BrokerConnection(port, {
    opened: () => connection.write(method(CHANNEL_OPEN, (writer) => writer.shortstr(''))),
    method: (key, args) => {
      if (key === CHANNEL_OPEN_OK) connection.write(method(CONFIRM_SELECT, (writer) => writer.octet(0)));
      else if (key === SELECT_OK) connection.write(declare());
      else if (key === DECLARE_OK) {
        message = publishTo(args.toString('utf8', 1, 1 + (args[0] ?? 0)));
        began = performance.now();
        publish(IN_FLIGHT);
      } else if (key === ACK && !isOver) acknowledge(args);
    },
  });
  await connection.ended;
  return (1000 * acknowledged) / took;
}

/** An exclusive queue, whose name the broker picks. */
function declare(): Uint8Array {
  const exclusive = 0b0100;
  return method(QUEUE_DECLARE, (writer) => {
    writer.short(0);
    writer.shortstr('');
    writer.octet(exclusive);
    writer.sized(() => {
      writer.shortstr('x-max-length');
      writer.raw(Buffer.from('I'));
      writer.long(QUEUE_LENGTH);
    });
  });
}

/** The frames of a message to a queue, through the default exchange. */
function publishTo(queue: string): Uint8Array {
  const body = Buffer.alloc(SIZE, 'x');
  const properties = new OctetWriter();
  properties.short(BASIC_PUBLISH[0]);
  properties.short(0);
  properties.longlong(BigInt(body.length));
  properties.short(0);
  return Buffer.concat([
    method(BASIC_PUBLISH, (writer) => {
      writer.short(0);
      writer.shortstr('');
      writer.shortstr(queue);
      writer.octet(0);
    }),
    encodeFrame(FRAME_TYPE.header, 1, properties.octets()),
    encodeFrame(FRAME_TYPE.body, 1, body),
  ]);
}
