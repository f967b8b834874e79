import { encodeFrame, FRAME_TYPE } from '../../lib/amqp/frame.js';
import { FrameReader } from '../../lib/amqp/frame-reader.js';
import { OctetWriter } from '../../lib/amqp/octet-writer.js';
import type { Plain } from '../../lib/amqp/plain-field.js';
import { fieldsOf } from '../../lib/faults/message/fields.js';
import { message, nameIn } from '../../lib/faults/message/message.js';
import { ascii, broker, client, concat } from './bytes.js';
import { Gated, HEADER } from './gated.js';

/** Frames of open connections, each by its method; a content is made of a header and of body frames of 10 bytes. */

const PIECE = 10;

const method = (channel: number, name: string, write?: (writer: OctetWriter) => void): Uint8Array =>
  message(channel, name, write).frame;

export function content(channel: number, body: string): Uint8Array {
  const header = new OctetWriter();
  header.short(60);
  header.short(0);
  header.longlong(BigInt(body.length));
  header.short(0);
  const pieces = body.match(new RegExp(`.{1,${PIECE}}`, 'gs')) ?? [];
  return concat(
    encodeFrame(FRAME_TYPE.header, channel, header.octets()),
    ...pieces.map((piece) => encodeFrame(FRAME_TYPE.body, channel, ascii(piece))),
  );
}

export const channelOpen = (channel = 1): Uint8Array => method(channel, 'channel.open', (to) => to.shortstr(''));
export const channelOpenOk = (channel = 1): Uint8Array => method(channel, 'channel.open-ok', (to) => to.long(0));
export const channelCloseOk = (channel = 1): Uint8Array => method(channel, 'channel.close-ok');
export const channelClose = (code: number, text: string, ids: readonly [number, number] = [0, 0], channel = 1) =>
  method(channel, 'channel.close', (to) => {
    to.short(code);
    to.shortstr(text);
    for (const id of ids) to.short(id);
  });

export const declare = (queue: string, channel = 1): Uint8Array =>
  method(channel, 'queue.declare', (to) => {
    to.short(0);
    to.shortstr(queue);
    to.octet(0);
    to.long(0);
  });

export const publish = (body: string, { channel = 1, exchange = '', key = 'q', mandatory = false } = {}): Uint8Array =>
  concat(
    method(channel, 'basic.publish', (to) => {
      to.short(0);
      to.shortstr(exchange);
      to.shortstr(key);
      to.octet(mandatory ? 1 : 0);
    }),
    content(channel, body),
  );

export const returned = (body: string, { channel = 1, exchange = '', key = 'q' } = {}): Uint8Array =>
  concat(
    method(channel, 'basic.return', (to) => {
      to.short(312);
      to.shortstr('NO_ROUTE');
      to.shortstr(exchange);
      to.shortstr(key);
    }),
    content(channel, body),
  );

export const deliver = (
  tag: number,
  body: string,
  { channel = 1, consumer = 'c', redelivered = false, exchange = '', key = 'q' } = {},
): Uint8Array =>
  concat(
    method(channel, 'basic.deliver', (to) => {
      to.shortstr(consumer);
      to.longlong(BigInt(tag));
      to.octet(redelivered ? 1 : 0);
      to.shortstr(exchange);
      to.shortstr(key);
    }),
    content(channel, body),
  );

export const confirmSelect = (channel = 1): Uint8Array => method(channel, 'confirm.select', (to) => to.octet(0));

/** A basic.ack, basic.nack or basic.reject. `bits`: multiple (1) and, of a nack, requeue (2). */
export const answer = (name: 'ack' | 'nack' | 'reject', tag: number | bigint, bits = 0, channel = 1): Uint8Array =>
  method(channel, `basic.${name}`, (to) => {
    to.longlong(BigInt(tag));
    to.octet(bits);
  });

export const consume = (queue: string, { tag = 'c', noAck = false, channel = 1 } = {}): Uint8Array =>
  method(channel, 'basic.consume', (to) => {
    to.short(0);
    to.shortstr(queue);
    to.shortstr(tag);
    to.octet(noAck ? 2 : 0);
    to.long(0);
  });
export const consumeOk = (tag = 'c', channel = 1): Uint8Array =>
  method(channel, 'basic.consume-ok', (to) => to.shortstr(tag));
export const cancel = (tag = 'c', bits = 0, channel = 1): Uint8Array =>
  method(channel, 'basic.cancel', (to) => {
    to.shortstr(tag);
    to.octet(bits);
  });
export const cancelOk = (tag = 'c', channel = 1): Uint8Array =>
  method(channel, 'basic.cancel-ok', (to) => to.shortstr(tag));

type Properties = Readonly<Record<string, Plain>>;

const CAPABILITIES: Properties = { product: 'app', capabilities: { consumer_cancel_notify: true } };

/** An open connection on which these faults act. What was sent before has been taken. */
export function opened(
  faults: readonly object[],
  { properties = CAPABILITIES }: { readonly properties?: Properties } = {},
): Gated {
  const gated = new Gated(faults);
  gated.from('client', HEADER).from('upstream', broker.start()).from('client', client.startOk({ properties }));
  gated
    .from('upstream', broker.tune())
    .from('client', client.tuneOk(), client.open())
    .from('upstream', broker.openOk());
  gated.take('client');
  gated.take('upstream');
  return gated;
}

/** The frames in octets, each in a few words such as `1 basic.ack 3 multiple` or `1 body abc`. */
export function told(octets: Uint8Array): readonly string[] {
  const reader = new FrameReader({ maxPayload: 2 ** 24 });
  const words = reader.read(octets).map(({ type, channel, payload }) => {
    if (type === FRAME_TYPE.body) return `${channel} body ${Buffer.from(payload).toString('latin1')}`;
    if (type === FRAME_TYPE.header) return `${channel} header`;
    if (type === FRAME_TYPE.heartbeat) return 'heartbeat';
    const frame = encodeFrame(type, channel, payload);
    const name = nameIn(frame);
    const { deliveryTag = '', consumerTag = '', bits } = fieldsOf({ name, frame });
    const flag = bits === undefined || bits === 0 ? '' : bits;
    return [channel, name, consumerTag, deliveryTag, flag].filter((word) => word !== '').join(' ');
  });
  return reader.held.length === 0 ? words : [...words, `+${reader.held.length}`];
}
