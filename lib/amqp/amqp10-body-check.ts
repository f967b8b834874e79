import { amqp10Failure } from './amqp10-failure.js';
import type { Amqp10Frame, Amqp10Layer } from './amqp10-frame.js';
import { clientOf, PERFORMATIVE, type Performative, saslInitOf } from './amqp10-performative.js';
import type { Dialect } from './dialect.js';
import type { Failure } from './reason.js';

/** The code of `open` as it begins a frame. */
const OPEN = [0x00, 0x53, PERFORMATIVE.open].join();

/**
 * Why a broker of that dialect rejects the frame of a client whose connection is not open yet; null if it accepts it, or
 * if that is not known.
 *
 * @param performative the content of the frame; undefined if it cannot be decoded
 * @param hasLogin whether the client has sent its `sasl-init`. Its answers to a challenge are not checked
 * @see rabbit_amqp1_0_reader.erl, `handle_1_0_frame`; rabbit_amqp_reader.erl, `handle_frame`
 */
export function bodyFailure(
  { header, body }: Amqp10Frame,
  performative: Performative | undefined,
  { layer, hasLogin, dialect }: { readonly layer: Amqp10Layer; readonly hasLogin: boolean; readonly dialect: Dialect },
): Failure | null {
  const isEmpty = header.dataOffset * 4 === header.size;
  if (isEmpty && dialect.amqp10EmptyFrame === 'ignored') return null;
  if (layer === 'amqp' && header.channel > 0 && dialect.amqp10ChecksChannel) {
    return amqp10Failure({ type: 'channel', channel: header.channel }, dialect);
  }
  const isWhole = header.dataOffset * 4 + body.length === header.size;
  if (!isWhole && (header.dataOffset > 2 || body.join() === OPEN)) return null;
  if (performative !== undefined && !performative.hasPayload && isExpected(performative, layer, hasLogin)) return null;
  return amqp10Failure({ type: 'bad body', layer }, dialect);
}

function isExpected({ code, fields }: Performative, layer: Amqp10Layer, hasLogin: boolean): boolean {
  if (layer === 'sasl') return hasLogin || (code === PERFORMATIVE.saslInit && saslInitOf(fields).mechanism !== null);
  return code === PERFORMATIVE.close || (code === PERFORMATIVE.open && clientOf(fields).connectionName !== null);
}
