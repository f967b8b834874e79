import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { HonoRequest } from 'hono';
import { quote } from '../text/quote.js';
import { plainProblem, problem } from './answers.js';
import { wantsHtml } from './wants-html.js';

/** Returns the response to a request that is rejected; undefined if the request is allowed. */
export type Guard = (request: HonoRequest) => Response | undefined;

export type GuardOptions = {
  /** Null: no token is required. */
  readonly token: string | null;
  /** Host names that are accepted in addition to those of the loopback interface. */
  readonly allowedHosts: readonly string[];
  /** Whether the listener is on the loopback interface. */
  readonly isLoopback: boolean;
};

/** Toxiproxy's paths, on which it rejects browsers. */
const TOXIPROXY_PATH = /^\/(version|proxies(\/[^/]+(\/toxics(\/[^/]+)?)?)?|populate|reset)$/;
const SAFE = ['GET', 'HEAD'];
/** Paths without a token: that of the image's health check, and the files of the dashboard, which asks for the token. */
const OPEN_PATH = /^\/(healthz|dashboard\/[^/]+)$/;

/** Protects the control API: rejects requests of foreign web pages, and those without the token if there is one. */
export function guard({ token, allowedHosts, isLoopback }: GuardOptions): Guard {
  const wanted = token === null ? null : digest(token);
  const hosts = new Set(['localhost', ...allowedHosts.map((host) => host.toLowerCase())]);
  return (req) => {
    // Case-sensitive, as in Toxiproxy.
    if (TOXIPROXY_PATH.test(req.path) && req.header('User-Agent')?.startsWith('Mozilla/'))
      return plainProblem(403, 'User agent not allowed');
    const host = req.header('Host');
    // A web page can point its own name at the loopback interface (DNS rebinding), but not an IP address.
    if (isLoopback && host !== undefined && !isOwnHost(host, hosts)) {
      return problem(403, `the host ${quote(host)} is not allowed: see control.allowedHosts`);
    }
    if (!SAFE.includes(req.method) && isForeign(req.header('Origin'), req.header('Sec-Fetch-Site'), host)) {
      return problem(403, 'requests from web pages of another origin must not change anything');
    }
    const isPage = req.path === '/' && wantsHtml(req.header('Accept'));
    const isOpen = (isPage || OPEN_PATH.test(req.path)) && SAFE.includes(req.method);
    if (wanted !== null && !isOpen && !isToken(req.header('Authorization'), wanted)) {
      return problem(401, 'the token is missing or wrong: Authorization: Bearer TOKEN', {
        'WWW-Authenticate': 'Bearer',
      });
    }
    return undefined;
  };
}

/** Whether a `Host` header has an allowed name or an IP address, with or without a port. */
function isOwnHost(host: string, names: ReadonlySet<string>): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host) ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  return names.has(name) || isIP(name) !== 0;
}

function isForeign(origin: string | undefined, site: string | undefined, host: string | undefined): boolean {
  return site === 'cross-site' || (origin !== undefined && origin !== `http://${host}`);
}

/** Compares digests in constant time, which reveals nothing about the token. */
function isToken(header: string | undefined, wanted: Buffer): boolean {
  const [, given] = /^Bearer +(.+)$/i.exec(header ?? '') ?? [];
  return given !== undefined && timingSafeEqual(digest(given), wanted);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
