import type { Dialect } from './dialect.js';

/** The limits in a Tune or Tune-Ok; 0: no limit. */
export type TuneLimits = { readonly channelMax: number; readonly frameMax: number };

/**
 * Why a broker rejects a Tune-Ok, in its words; undefined if it accepts it.
 *
 * @param asked the client's Tune-Ok
 * @param limits the broker's Tune
 * @param least the lowest `frame_max` that the broker accepts, in octets
 * @see rabbit_reader.erl, `validate_negotiated_integer_value`, `fail_negotiation`
 */
export function tuneObjection(
  { channelMax, frameMax }: TuneLimits,
  limits: TuneLimits,
  least: number,
  dialect: Dialect,
): string | undefined {
  if (frameMax !== 0 && frameMax < least) {
    return `negotiated frame_max = ${frameMax} is lower than the minimum allowed value (${least})`;
  }
  const noLimit = channelMax === 0 && dialect.tuningFailure === 'sentence' ? ' (no limit)' : '';
  return (
    tooHigh('frame_max', frameMax, limits.frameMax, '') ??
    tooHigh('channel_max', channelMax, limits.channelMax, noLimit)
  );
}

function tooHigh(field: string, asked: number, limit: number, remark: string): string | undefined {
  if (limit === 0 || (asked !== 0 && asked <= limit)) return undefined;
  return `negotiated ${field} = ${asked}${remark} is higher than the maximum allowed value (${limit})`;
}
