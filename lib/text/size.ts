import { ConfigError } from '../errors.js';
import { quote } from './quote.js';

/** The rule for a size in error messages. */
export const SIZE = 'a number of bytes, such as 512 or 64KiB';

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/**
 * Parses a size such as `512`, `64KiB` or `1MiB`. Returns bytes.
 *
 * @throws ConfigError (`must be …, not …`)
 */
export function parseSize(text: string): number {
  const [, amount, unit = ''] = /^(\d+)(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) throw new ConfigError(`must be ${SIZE}, not ${quote(text)}`);
  return bytes;
}

/** Formats bytes in the largest unit that needs no fraction: 131072 is `128KiB`. `parseSize` reads it. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const size = UNITS[unit] as number;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** A size for people: `118 MiB`. */
export const inMebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
