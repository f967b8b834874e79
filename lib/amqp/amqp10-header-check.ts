import { AMQP10_FRAME_HEADER_LENGTH, type Amqp10FrameHeader, type Amqp10Layer } from './amqp10-frame.js';
import type { Dialect } from './dialect.js';
import { Atom, type ErlangTerm, SECRET } from './erlang-pretty.js';
import type { Crash } from './reason.js';

/** What a broker does about a frame header that it does not accept. */
export type HeaderProblem =
  /** It reports a framing error. */
  | { readonly type: 'framing'; readonly text: string }
  /** It ends the connection immediately. `term`: what it logs. */
  | { readonly type: 'thrown'; readonly term: ErlangTerm }
  /** Its reader crashes. */
  | { readonly type: 'crash'; readonly reason: Crash };

/** Maximum frame size before `open`, in octets. This is the limit of 4.x; 3.x has none. */
export const INITIAL_FRAME_MAX = 8192;

const typeOf = (layer: Amqp10Layer): number => (layer === 'sasl' ? 1 : 0);

/** Whether this can be the header of a frame of that layer. */
export const isPlausible = ({ size, dataOffset, type }: Amqp10FrameHeader, layer: Amqp10Layer): boolean =>
  dataOffset >= 2 && dataOffset * 4 <= size && type === typeOf(layer);

/**
 * Returns what is wrong with a frame header according to a broker of that dialect; null if it accepts it.
 *
 * @param max the largest frame that the broker accepts, in octets; checked since 4.0
 * @see rabbit_amqp1_0_reader.erl, rabbit_amqp_reader.erl, `handle_input`
 */
export function headerProblem(
  header: Amqp10FrameHeader,
  layer: Amqp10Layer,
  max: number,
  dialect: Dialect,
): HeaderProblem | null {
  const { size, dataOffset, type, octets } = header;
  const expected = typeOf(layer);
  const tooLarge = () => framing(`frame size (${size} bytes) > maximum frame size (${max} bytes)`);
  if (dialect.amqp10FrameChecks === 'framing') {
    if (size < AMQP10_FRAME_HEADER_LENGTH) return framing(`frame size (${size} bytes) < minimum frame size (8 bytes)`);
    if (size > max) return tooLarge();
    if (dataOffset < 2) return framing(`data offset (${dataOffset}) < minimum data offset (2)`);
    if (dataOffset * 4 > size) return framing(`data offset (${dataOffset * 4} bytes) > frame size (${size} bytes)`);
    if (type !== expected) return framing(`unexpected frame type ${type} in ${layer} mode (expected ${expected})`);
    return null;
  }
  if (dataOffset < 2) return { type: 'thrown', term: [new Atom('bad_1_0_header'), octets] };
  if (type !== expected) {
    return { type: 'thrown', term: [new Atom('bad_1_0_header_type'), octets, new Atom(layer)] };
  }
  if (size < AMQP10_FRAME_HEADER_LENGTH) {
    return { type: 'crash', reason: { name: 'reader_crashed', term: new Atom('badarg') } };
  }
  return dialect.amqp10FrameChecks === 'header, size' && size > max ? tooLarge() : null;
}

/**
 * Why a reader that accepted a data offset after the end of the frame crashes once the whole frame has arrived. The term
 * contains the frame, which may be a login.
 */
export const OFFSET_CRASH: Crash = { name: 'reader_crashed', term: [new Atom('badmatch'), SECRET] };

const framing = (text: string): HeaderProblem => ({ type: 'framing', text });
