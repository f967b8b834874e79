/** The beginning of an HTTP request, or of a request of a protocol with the same form (RTSP, SIP). */
export type HttpRequest = {
  /** The request line, at most 64 characters of it: `GET / HTTP/1.1`. */
  readonly line: string;
  /** The value of `User-Agent`, at most 128 characters of it; null if there was none in the octets that were read. */
  readonly userAgent: string | null;
};

/** Maximum octets that are searched. */
const SEARCHED_MAX = 2048;
const LINE_MAX = 64;
const USER_AGENT_MAX = 128;

const REQUEST = /^[A-Z]{3,10} \S{1,1024} (?:HTTP|RTSP|SIP)\/\d\.\d\r?\n/;
const USER_AGENT = /\nuser-agent:[ \t]*([^\r\n]*)/i;
const [A, Z, SPACE] = [0x41, 0x5a, 0x20];

/**
 * Reads the request line and the `User-Agent` of a request.
 *
 * The result holds no part of `octets`. Characters that cannot be printed become dots.
 *
 * @param octets the first octets of a connection, of which at most 2,048 are searched
 * @returns null for octets that do not begin with a request line
 */
export function readHttpRequest(octets: Uint8Array): HttpRequest | null {
  if (!mayBeRequest(octets)) return null;
  const searched = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, SEARCHED_MAX));
  const text = searched.toString('latin1');
  if (!REQUEST.test(text)) return null;
  const found = USER_AGENT.exec(text);
  // A substring would keep the whole text in memory.
  const copy = (from: number, to: number, most: number): string =>
    searched.toString('latin1', from, Math.min(to, from + most)).replace(/[^\x20-\x7e]/g, '.');
  const line = copy(0, text.indexOf('\n'), LINE_MAX).replace(/\.$/, '');
  const value = found?.[1] ?? '';
  if (found === null || value === '') return { line, userAgent: null };
  const end = found.index + found[0].length;
  return { line, userAgent: copy(end - value.length, end, USER_AGENT_MAX) };
}

/** Whether a word of capital letters and a space come first: most refused clients are told apart here. */
function mayBeRequest(octets: Uint8Array): boolean {
  for (let at = 0; at < octets.length && at <= 10; at++) {
    const octet = octets[at] as number;
    if (octet === SPACE) return at >= 3;
    if (octet < A || octet > Z) return false;
  }
  return false;
}
