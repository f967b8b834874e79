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
/** As most programs write it. */
const USUAL = '\nUser-Agent: ';
const USER_AGENT = /\nuser-agent:[ \t]*/i;
const UNPRINTABLE = /[^\x20-\x7e]/;
const UNPRINTABLES = /[^\x20-\x7e]/g;
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
  const lineEnd = text.indexOf('\n');
  const line = copyOf(searched, 0, text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd, LINE_MAX);
  const from = startOfUserAgent(text, lineEnd);
  const end = endOfLine(text, from);
  return { line, userAgent: from < 0 || from === end ? null : copyOf(searched, from, end, USER_AGENT_MAX) };
}

/** @returns -1 if there is none */
function startOfUserAgent(text: string, lineEnd: number): number {
  const usual = text.indexOf(USUAL, lineEnd);
  if (usual >= 0) return usual + USUAL.length;
  const found = USER_AGENT.exec(text);
  return found === null ? -1 : found.index + found[0].length;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\r', from);
  const feed = text.indexOf('\n', from);
  return Math.min(end < 0 ? text.length : end, feed < 0 ? text.length : feed);
}

/** A substring would keep the whole text in memory. */
function copyOf(octets: Buffer, from: number, to: number, most: number): string {
  const copy = octets.toString('latin1', from, Math.min(to, from + most));
  return UNPRINTABLE.test(copy) ? copy.replace(UNPRINTABLES, '.') : copy;
}

/** Whether a word of capital letters and a space come first: most refused clients are distinguished here. */
function mayBeRequest(octets: Uint8Array): boolean {
  for (let at = 0; at < octets.length && at <= 10; at++) {
    const octet = octets[at] as number;
    if (octet === SPACE) return at >= 3;
    if (octet < A || octet > Z) return false;
  }
  return false;
}
