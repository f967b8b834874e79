import { readFileSync } from 'node:fs';

/** The octets of `spec/fixtures/NAME.hex`; blanks and line breaks in the file do not count. */
export function fixture(name: string): Uint8Array {
  // The working directory is the package's, as ava sets it.
  return Buffer.from(readFileSync(`spec/fixtures/${name}.hex`, 'ascii').replace(/\s/g, ''), 'hex');
}
