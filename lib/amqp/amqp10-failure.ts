import { AMQP10_FRAME_HEADER_LENGTH, type Amqp10FrameHeader, type Amqp10Layer } from './amqp10-frame.js';
import type { Dialect } from './dialect.js';
import { Atom, type ErlangTerm } from './erlang-pretty.js';
import type { Failure } from './reason.js';

/** The errors an AMQP 1.0 client can make before its connection is open, except bad frame headers. */
type ClientError =
  | { readonly type: 'bad second header'; readonly octets: Uint8Array }
  | { readonly type: 'unknown mechanism'; readonly mechanism: string }
  | { readonly type: 'unknown vhost'; readonly vhost: string }
  | { readonly type: 'login refused'; readonly mechanism: string | null; readonly user: string | null };

/** Maximum frame size before `open`, in octets. This is the limit of 4.x; 3.x has none. */
const FRAME_MAX = 8192;

const utf8 = new TextEncoder();

/**
 * Why a broker of that dialect ends the connection after such an error.
 *
 * @see rabbit_amqp1_0_reader.erl, rabbit_amqp_reader.erl
 */
export function amqp10Failure(error: ClientError, dialect: Dialect): Failure {
  switch (error.type) {
    case 'bad second header':
      return failed([new Atom('bad_input'), new Atom('handshake'), error.octets]);
    case 'unknown mechanism': {
      const text = `unknown authentication mechanism '${error.mechanism}'`;
      return failed(handshakeError('sasl', 'amqp:not-found', text, dialect));
    }
    case 'unknown vhost': {
      const text = `AMQP 1.0 connection failed: virtual host '${error.vhost}' does not exist`;
      return failed(handshakeError('amqp', 'amqp:unauthorized-access', text, dialect));
    }
    case 'login refused': {
      const text = `${error.mechanism} login refused: user '${error.user ?? ''}' - invalid credentials`;
      return failed(handshakeError('sasl', 'amqp:unauthorized-access', text, dialect));
    }
    default:
      return error satisfies never;
  }
}

/** Why a broker of that dialect rejects a frame header; null if it accepts it. */
export function badFrameHeader(header: Amqp10FrameHeader, layer: Amqp10Layer, dialect: Dialect): Failure | null {
  const { size, dataOffset, type, octets } = header;
  const expected = layer === 'sasl' ? 1 : 0;
  const framing = (text: string) => failed(handshakeError(layer, 'amqp:connection:framing-error', text, dialect));
  const tooLarge = () => framing(`frame size (${size} bytes) > maximum frame size (${FRAME_MAX} bytes)`);
  if (dialect.amqp10FrameChecks === 'framing') {
    if (size > FRAME_MAX) return tooLarge();
    if (size < AMQP10_FRAME_HEADER_LENGTH) return framing(`frame size (${size} bytes) < minimum frame size (8 bytes)`);
    if (dataOffset < 2) return framing(`data offset (${dataOffset}) < minimum data offset (2)`);
    if (type !== expected) return framing(`unexpected frame type ${type} in ${layer} mode (expected ${expected})`);
    return null;
  }
  if (dataOffset < 2) return failed([new Atom('bad_1_0_header'), octets]);
  if (type !== expected) return failed([new Atom('bad_1_0_header_type'), octets, new Atom(layer)]);
  if (size < AMQP10_FRAME_HEADER_LENGTH) return { name: 'reader_crashed', term: new Atom('badarg') };
  return dialect.amqp10FrameChecks === 'header, size' && size > FRAME_MAX ? tooLarge() : null;
}

const failed = (term: ErlangTerm): Failure => ({ name: 'handshake_error', failure: { type: 'amqp10', term } });

function handshakeError(layer: Amqp10Layer, condition: string, text: string, dialect: Dialect): ErlangTerm {
  const error: ErlangTerm = [
    new Atom('v1_0.error'),
    [new Atom('symbol'), utf8.encode(condition)],
    [new Atom('utf8'), utf8.encode(text)],
    new Atom('undefined'),
  ];
  const name = new Atom('handshake_error');
  if (dialect.handshakeErrorNamesChannel) return [name, new Atom('starting'), 0, error];
  return [name, new Atom(layer === 'sasl' ? 'waiting_sasl_init' : 'waiting_open'), error];
}
