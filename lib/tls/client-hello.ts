/** The content of a TLS ClientHello. Fields that were not received are null or empty. */
export type ClientHello = {
  /** The highest version offered, for example `TLS 1.3`. */
  readonly version: string | null;
  /** The requested host (SNI). */
  readonly servername: string | null;
  /** The offered protocols (ALPN), in order of preference. */
  readonly alpn: readonly string[];
};

/** Maximum octets buffered for a ClientHello that arrives in parts. With post-quantum key shares it has about 1,800. */
const KEPT_MAX = 8192;

/** Maximum number and length of names that are kept: the client chooses them, and they are logged. */
const ALPN_MAX = 8;
const NAME_MAX = 255;

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
]);

/** Whether a client's first octets may begin a ClientHello. */
export const beginsHello = (octets: Uint8Array): boolean => octets[0] === HANDSHAKE;

/** Reads a client's ClientHello as its octets arrive. It buffers them only until the ClientHello is complete. */
export class ClientHelloReader {
  private kept: Uint8Array = new Uint8Array(0);
  /** Whether the ClientHello is complete, or will never be. */
  isDone = false;
  private found: ClientHello | null = null;

  add(octets: Uint8Array): void {
    if (this.isDone || octets.length === 0) return;
    const first = this.kept.length === 0 ? octets[0] : this.kept[0];
    if (first !== HANDSHAKE) {
      this.isDone = true;
      return;
    }
    this.kept = new Uint8Array(Buffer.concat([this.kept, octets.subarray(0, KEPT_MAX - this.kept.length)]));
    const read = readHello(this.kept);
    this.found = read.hello;
    this.isDone = read.isWhole || this.kept.length === KEPT_MAX;
    if (this.isDone) this.kept = new Uint8Array(0);
  }

  /** The content received so far; null if the octets do not begin a ClientHello. */
  get hello(): ClientHello | null {
    return this.found;
  }
}

/**
 * Reads the part of a ClientHello that has arrived.
 *
 * @returns null for octets that do not begin a ClientHello
 * @see RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3; RFC 7301, section 3.1
 */
export function readClientHello(octets: Uint8Array): ClientHello | null {
  return readHello(octets).hello;
}

function readHello(octets: Uint8Array): { readonly hello: ClientHello | null; readonly isWhole: boolean } {
  const { content, isOver } = handshakeOf(octets);
  if (content[0] !== CLIENT_HELLO || octets[1] !== 3) return { hello: null, isWhole: isOver };
  const message = new Cursor(content.subarray(1)).vector(3);
  const legacy = message.number(2);
  message.take(32);
  message.vector(1);
  message.vector(2);
  message.vector(1);
  // Old clients send no extensions.
  const extensions = message.left === 0 && !message.isCut ? message : message.vector(2);
  let versions: readonly number[] = [];
  let servername: string | null = null;
  let alpn: readonly string[] = [];
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const body = extensions.vector(2);
    if (type === SUPPORTED_VERSIONS) versions = numbersOf(body.vector(1));
    if (type === SERVER_NAME) servername = servernameOf(body.vector(2));
    if (type === ALPN) alpn = protocolsOf(body.vector(2));
  }
  // Until all extensions have arrived, a TLS 1.3 client looks like TLS 1.2.
  if (versions.length === 0 && legacy !== null && !extensions.isCut && !message.isCut) versions = [legacy];
  const known = versions.filter((version) => VERSIONS.has(version));
  const version = known.length === 0 ? null : (VERSIONS.get(Math.max(...known)) ?? null);
  return { hello: { version, servername, alpn }, isWhole: isOver || !message.isCut };
}

/** The joined content of the handshake records. `isOver`: another record type follows. */
function handshakeOf(octets: Uint8Array): { readonly content: Uint8Array; readonly isOver: boolean } {
  const records = new Cursor(octets);
  const parts: Uint8Array[] = [];
  while (records.left > 0) {
    if (records.number(1) !== HANDSHAKE) return { content: Buffer.concat(parts), isOver: true };
    records.number(2);
    parts.push(records.vector(2).rest());
  }
  return { content: Buffer.concat(parts), isOver: false };
}

function numbersOf(list: Cursor): number[] {
  const numbers: number[] = [];
  while (list.left >= 2) numbers.push(list.number(2) as number);
  return numbers;
}

function servernameOf(list: Cursor): string | null {
  while (list.left > 0) {
    const type = list.number(1);
    const name = list.vector(2);
    if (type === 0 && !name.isCut && name.left > 0) return textOf(name.rest());
  }
  return null;
}

function protocolsOf(list: Cursor): string[] {
  const names: string[] = [];
  while (list.left > 0 && names.length < ALPN_MAX) {
    const name = list.vector(1);
    if (!name.isCut && name.left > 0) names.push(textOf(name.rest()));
  }
  return names;
}

/** Decodes printable ASCII. Any other character becomes a dot. */
function textOf(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, NAME_MAX))
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, '.');
}

/** Reads octets from the front. After the end, numbers are null, and vectors are truncated. */
class Cursor {
  /** Whether the octets end before an announced length. */
  isCut: boolean;
  private octets: Uint8Array;

  constructor(octets: Uint8Array, isCut = false) {
    this.octets = octets;
    this.isCut = isCut;
  }

  get left(): number {
    return this.octets.length;
  }

  rest(): Uint8Array {
    return this.octets;
  }

  take(length: number): Uint8Array {
    const taken = this.octets.subarray(0, length);
    if (taken.length < length) this.isCut = true;
    this.octets = this.octets.subarray(length);
    return taken;
  }

  number(size: 1 | 2 | 3): number | null {
    const octets = this.take(size);
    return octets.length < size ? null : octets.reduce((sum, octet) => sum * 256 + octet, 0);
  }

  /** Reads a length of `size` octets, and returns the octets that it counts. */
  vector(size: 1 | 2 | 3): Cursor {
    const length = this.number(size) ?? 0;
    const octets = this.take(length);
    return new Cursor(octets, octets.length < length || this.isCut);
  }
}
