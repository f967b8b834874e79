import { readFileSync } from 'node:fs';
import { request } from 'node:http';

/** What a real Toxiproxy 2.12.0 was asked, and what it answered. */
export type Exchange = {
  readonly section: string;
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly userAgent?: string;
  readonly body: string | null;
  readonly status: number;
  /** Those that matter, in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** Whether it had a request id. */
  readonly hasId: boolean;
  /** The text of the body. */
  readonly answer: string;
};

export type Got = Pick<Exchange, 'status' | 'headers' | 'hasId' | 'answer'>;

export const exchanges = (): readonly Exchange[] =>
  JSON.parse(readFileSync('spec/fixtures/toxiproxy/exchanges.json', 'utf8')) as readonly Exchange[];

/** Ports as they were recorded, but for 0. */
const PORT = /\b26\d{3}\b/g;

/** The same with other ports. `free` is asked for one for each that was recorded. */
export function withPorts(exchange: Exchange, free: (recorded: string) => number): Exchange {
  return JSON.parse(JSON.stringify(exchange).replaceAll(PORT, (port) => String(free(port)))) as Exchange;
}

/** Sends a request as it stands; the path is not mended. */
export function send(url: string, { method, path, body, userAgent = 'curl/8' }: Exchange): Promise<Got> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const headers = { 'User-Agent': userAgent, ...(body !== null && { 'Content-Type': 'application/json' }) };
    const sent = request({ host: hostname, port, method, path, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        answer += text;
      });
      response.on('end', () => {
        const of = (name: string) => {
          const value = response.headers[name];
          return typeof value === 'string' ? [[name, value]] : [];
        };
        const kept = ['content-type', 'location', 'x-content-type-options'].flatMap(of);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(kept),
          hasId: response.headers['x-toxiproxy-request-id'] !== undefined,
          answer: answer.replace(/\n$/, ''),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

/** Ports that were picked by the system are not the same in two runs. */
const PICKED = /(127\.0\.0\.1|\[::\]|\[::1\]):(?!26)\d{4,5}/g;

/** What is not as it was; null for nothing. Of JSON our own further keys do not count, nor does the order of keys. */
export function differenceOf(expected: Exchange, got: Got, ownKeys: readonly string[]): string | null {
  if (got.status !== expected.status) return `status ${got.status}, not ${expected.status}: ${got.answer}`;
  if (got.hasId !== expected.hasId) return got.hasId ? 'a request id' : 'no request id';
  for (const [name, value] of Object.entries(expected.headers)) {
    if (got.headers[name]?.toLowerCase() !== value.toLowerCase())
      return `${name} is ${got.headers[name]}, not ${value}`;
  }
  const [is, was] = [got.answer, expected.answer].map((text) => canonical(text, ownKeys));
  return is === was ? null : `body ${is}, not ${was}`;
}

function canonical(text: string, ownKeys: readonly string[]): string {
  const plain = text.replaceAll(PICKED, '$1:PICKED');
  try {
    return JSON.stringify(sorted(JSON.parse(plain), ownKeys));
  } catch {
    return plain;
  }
}

/** Lists keep their order, and so do the keys of the list of proxies, which is part of the contract. */
function sorted(value: unknown, ownKeys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => sorted(each, ownKeys));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !ownKeys.includes(key));
  const isListOfProxies = entries.every(([, each]) => typeof each === 'object' && each !== null && 'listen' in each);
  if (!isListOfProxies) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, each]) => [key, sorted(each, ownKeys)]);
}
