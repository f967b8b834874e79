import { readFileSync } from 'node:fs';

/** The bytes of `spec/fixtures/NAME.hex`; blanks and line breaks are ignored. */
export function fixture(name: string): Uint8Array {
  // Ava sets the working directory to the package's.
  return Buffer.from(readFileSync(`spec/fixtures/${name}.hex`, 'ascii').replace(/\s/g, ''), 'hex');
}
