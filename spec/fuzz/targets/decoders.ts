import type { Random } from '../../conformance/random.js';
import { DECODERS, type DecoderName } from '../decoders.js';
import { InProcess } from '../in-process.js';
import { cut, fromHex, toHex } from '../octets.js';
import type { Case, Target } from '../target.js';

const NAMES = Object.keys(DECODERS) as [DecoderName, ...DecoderName[]];
const ROUND = 500;

/** The parts of a case are the chunks in which octets arrive: hex digits. */
function caseOf(random: Random): Case {
  const decoder = random.pick(NAMES);
  const chunks = DECODERS[decoder].input(random).flatMap(({ from, octets }) =>
    // Octet by octet, or in a few chunks.
    (octets.length < 600 && random.chance(0.1)
      ? [...octets].map((octet) => Uint8Array.of(octet))
      : cut(random, octets)
    ).map((chunk) => ({ from, hex: toHex(chunk) })),
  );
  return { setup: { decoder, seed: random.between(0, 2 ** 31) }, parts: chunks };
}

export function check({ setup, parts }: Case): string | null {
  const chunks = (parts as readonly { from: 'client' | 'upstream'; hex: string }[]).map(({ from, hex }) => ({
    from,
    octets: fromHex(hex),
  }));
  return DECODERS[setup['decoder'] as DecoderName].check(chunks);
}

/**
 * The decoders, in this process. They must not throw anything but their documented error, and their result must not
 * depend on how the network cuts the octets.
 */
export const decoders: Target = { share: 20, caseOf, open: async () => new InProcess(check, ROUND) };
