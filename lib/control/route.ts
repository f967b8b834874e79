import type { Context } from 'hono';
import type * as z from 'zod';

/** What the path and the query of a request may hold, for the description of the API. */
export type Parameters = { readonly [name: string]: string };

/** One route of the control API: what it does, and how it is described. The router and the OpenAPI document are made of it. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its parameters in braces: `/proxies/{proxy}`. */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  /** Parameters of the query, each with a sentence. */
  readonly query?: Parameters;
  /** What the body holds. */
  readonly body?: z.ZodType | { readonly jsonSchema: object };
  /** Each status with what its answer holds; a text says its content type; null: nothing. */
  readonly answers: { readonly [status: number]: z.ZodType | string | null };
  /** It is one of Toxiproxy's. */
  readonly isToxiproxy?: true;
  /** @throws ApiError, ConfigError */
  readonly handle: (context: Context) => Promise<Response> | Response;
};

/** The routes of each path. */
export function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  return paths;
}
