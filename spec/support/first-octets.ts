import { readFileSync } from 'node:fs';
import { hex } from './bytes.js';

/** The first octets of a client, and where they come from. */
export type FirstOctets = {
  readonly protocol: string;
  /** What they must be taken for. */
  readonly what: string;
  readonly confidence: 'certain' | 'likely';
  /** At most 8, in hex. */
  readonly octets: string;
} & (
  | { /** The program that sent them, with its version. */ readonly madeBy: string }
  | { /** Where they are described. */ readonly specifiedBy: string }
);

/** The file that `spec/first-octets/record.ts` writes. */
export const FIRST_OCTETS_FILE = 'spec/fixtures/first-octets.json';

/** The recorded first octets. */
export function firstOctets(): readonly FirstOctets[] {
  return JSON.parse(readFileSync(FIRST_OCTETS_FILE, 'utf8')) as FirstOctets[];
}

/** The octets of one of them. */
export const octetsOf = ({ octets }: FirstOctets): Uint8Array => hex(octets);
