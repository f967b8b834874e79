/** The length of the record and of the hello message in it, as in most clients that use padding. */
const RECORD = 0x0200;
const HELLO = RECORD - 4;

/** X25519's generator: a valid key that is the same in each probe. */
const PUBLIC_KEY = [9, ...new Array<number>(31).fill(0)];

/** Not random: nothing here is secret, and each probe must send the same octets. */
const RANDOM = Array.from({ length: 32 }, (_, at) => (at * 37 + 11) & 0xff);

const PADDING = 21;

/**
 * Returns the first 517 octets of a client that supports TLS 1.2 and 1.3: one record with one ClientHello.
 *
 * @see RFC 8446, section 4.1.2; RFC 7685 for the padding
 */
export function clientHello(): Uint8Array {
  const beforeExtensions = [
    ...short(0x0303),
    ...RANDOM,
    ...withLength(1, RANDOM),
    // TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, and for TLS 1.2 ECDHE with RSA and ECDSA
    ...withLength(2, [0x1301, 0x1302, 0xc02f, 0xc030, 0xc02b, 0xc02c].flatMap(short)),
    ...withLength(1, [0]),
  ];
  const extensions = [
    ...extension(0, withLength(2, [0, ...withLength(2, [...Buffer.from('rabbitmq')])])),
    ...extension(10, withLength(2, [0x001d, 0x0017].flatMap(short))),
    ...extension(11, withLength(1, [0])),
    ...extension(13, withLength(2, [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501].flatMap(short))),
    ...extension(43, withLength(1, [0x0304, 0x0303].flatMap(short))),
    ...extension(45, withLength(1, [1])),
    ...extension(51, withLength(2, [...short(0x001d), ...withLength(2, PUBLIC_KEY)])),
  ];
  const padding = HELLO - beforeExtensions.length - 2 - extensions.length - 4;
  const hello = [
    ...beforeExtensions,
    ...withLength(2, [...extensions, ...extension(PADDING, new Array<number>(padding).fill(0))]),
  ];
  return Uint8Array.from([0x16, 0x03, 0x01, ...withLength(2, [0x01, ...withLength(3, hello)])]);
}

function extension(type: number, content: readonly number[]): number[] {
  return [...short(type), ...withLength(2, content)];
}

function short(value: number): number[] {
  return [value >> 8, value & 0xff];
}

/** Returns the content after its length, which takes `size` octets. */
function withLength(size: number, content: readonly number[]): number[] {
  const length = Array.from({ length: size }, (_, at) => (content.length >> (8 * (size - 1 - at))) & 0xff);
  return [...length, ...content];
}
