/**
 * The characters that a broker read as the header of a frame: its type, channel and size, as `GET / H`. The channel is
 * `..` where the entry does not name it.
 *
 * @param groups `type`, `size`, and `ch` if the entry names the channel
 * @returns null if they are not printable
 */
export function read(groups: { readonly [name: string]: string | undefined }): string | null {
  const { type, ch, size } = groups;
  if (type === undefined || size === undefined) return null;
  const octets = [Number(type), ...(ch === undefined || ch === '0' ? [] : twoOctets(Number(ch)))];
  const rest = [...twoOctets(Math.floor(Number(size) / 0x10000)), ...twoOctets(Number(size) % 0x10000)];
  const [first, ...channel] = octets.map(character);
  const named = channel.length === 0 ? '..' : channel.join('');
  const text = `${first}${named}${rest.map(character).join('')}`;
  return /[^.]/.test(text.slice(0, 1)) && rest.filter((octet) => character(octet) !== '.').length >= 1 ? text : null;
}

const twoOctets = (number: number): readonly number[] => [(number >> 8) & 0xff, number & 0xff];
const character = (octet: number): string => (octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : '.');
