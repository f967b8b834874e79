import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/** A path segment that a URL parser removes: `.` or `..`, percent-encoded or not. */
const DOTS = /^(\.|%2e){1,2}$/i;

/**
 * Returns the path of a request as the client sent it, without the query. The URL of the context cannot be used: `.`
 * and `..` have already been removed from it.
 */
export function requestedPath({ env, req }: Context): string {
  const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage };
  return (incoming?.url ?? req.url).replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}

/**
 * Returns the path without empty segments and without `.` and `..`; null if it has none of them. As in Toxiproxy, such a
 * request is redirected there and does nothing.
 */
export function cleanPath(path: string): string | null {
  const segments = path.split('/');
  const last = segments.length - 1;
  if (!segments.some((segment, at) => DOTS.test(segment) || (segment === '' && at > 0 && at < last))) return null;
  const clean: string[] = [];
  for (const segment of segments) {
    if (!DOTS.test(segment)) clean.push(...(segment === '' ? [] : [segment]));
    else if (segment.replaceAll(/%2e/gi, '.') === '..') clean.pop();
  }
  const isFolder = segments[last] === '' && clean.length > 0;
  return `/${clean.join('/')}${isFolder ? '/' : ''}`;
}
