import ipaddr from 'ipaddr.js';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Whether a text is an address or a CIDR range. */
export const isAddressRange = (text: string): boolean => parseRange(text) !== undefined;

/** A single address is a range of one. */
function parseRange(text: string): Range | undefined {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

/** Whether an address is in a range. An IPv4-mapped IPv6 address counts as its IPv4 address. */
export function isInRange(address: string, range: string): boolean {
  const known = knownRange(range);
  if (known.address !== address) {
    known.address = address;
    known.isIn = contains(known.range, address);
  }
  return known.isIn;
}

/** A range, and the last address that was compared with it: a new connection is compared more than once. */
type KnownRange = { readonly range: Range | undefined; address: string | null; isIn: boolean };

/** Ranges by their text. Parsing them for each connection would take longer than everything else a condition does. */
const knownRanges = new Map<string, KnownRange>();
const MOST_RANGES = 1000;

function knownRange(text: string): KnownRange {
  const known = knownRanges.get(text);
  if (known) return known;
  if (knownRanges.size >= MOST_RANGES) knownRanges.clear();
  const added: KnownRange = { range: parseRange(text), address: null, isIn: false };
  knownRanges.set(text, added);
  return added;
}

function contains(range: Range | undefined, address: string): boolean {
  if (range === undefined || !ipaddr.isValid(address)) return false;
  const [network] = range;
  const found = ipaddr.process(address);
  return found.kind() === network.kind() && found.match(range as [ipaddr.IPv4, number]);
}
