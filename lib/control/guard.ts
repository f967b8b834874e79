import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { HonoRequest } from 'hono';
import { quote } from '../text/quote.js';
import { plainProblem, problem } from './answers.js';

/** The answer to a request that is not let in; undefined for one that is. */
export type Guard = (request: HonoRequest) => Response | undefined;

export type GuardOptions = {
  /** Null: whoever reaches the port may ask. */
  readonly token: string | null;
  /** Names besides those of the loopback interface by which it may be reached. */
  readonly allowedHosts: readonly string[];
  /** The listener is on the loopback interface. */
  readonly isLoopback: boolean;
};

/** Toxiproxy's paths, which no browser needs. */
const TOXIPROXY_PATH = /^\/(version|proxies(\/[^/]+(\/toxics(\/[^/]+)?)?)?|populate|reset)$/;
const SAFE = ['GET', 'HEAD'];
/** What the image's health check asks. */
const OPEN_PATH = '/healthz';

/** Whom the control API answers: it guards against web pages, and asks for the token if there is one. */
export function guard({ token, allowedHosts, isLoopback }: GuardOptions): Guard {
  const wanted = token === null ? null : digest(token);
  const hosts = new Set(['localhost', ...allowedHosts.map((host) => host.toLowerCase())]);
  return (req) => {
    // Case matters, as with Toxiproxy.
    if (TOXIPROXY_PATH.test(req.path) && req.header('User-Agent')?.startsWith('Mozilla/'))
      return plainProblem(403, 'User agent not allowed');
    const host = req.header('Host');
    // A web page can have a name of its own lead to the loopback interface (DNS rebinding), but not an address.
    if (isLoopback && host !== undefined && !isOwnHost(host, hosts)) {
      return problem(403, `the host ${quote(host)} is not one of ours: see control.allowedHosts`);
    }
    if (!SAFE.includes(req.method) && isForeign(req.header('Origin'), req.header('Sec-Fetch-Site'), host)) {
      return problem(403, 'a web page of another origin must not change anything');
    }
    const isOpen = req.path === OPEN_PATH && SAFE.includes(req.method);
    if (wanted !== null && !isOpen && !isToken(req.header('Authorization'), wanted)) {
      return problem(401, 'the token is missing or wrong: Authorization: Bearer TOKEN', {
        'WWW-Authenticate': 'Bearer',
      });
    }
    return undefined;
  };
}

/** A name, or an IP address, with or without a port. */
function isOwnHost(host: string, names: ReadonlySet<string>): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host) ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  return names.has(name) || isIP(name) !== 0;
}

function isForeign(origin: string | undefined, site: string | undefined, host: string | undefined): boolean {
  return site === 'cross-site' || (origin !== undefined && origin !== `http://${host}`);
}

/** Compares digests, in a time that does not tell how much of the token was right. */
function isToken(header: string | undefined, wanted: Buffer): boolean {
  const [, given] = /^Bearer +(.+)$/i.exec(header ?? '') ?? [];
  return given !== undefined && timingSafeEqual(digest(given), wanted);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
