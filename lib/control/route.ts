import type { Context } from 'hono';
import type * as z from 'zod';

/** Query parameters by name, each with a description. */
export type Parameters = { readonly [name: string]: string };

/** One route of the control API. The router and the OpenAPI document derive from it. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Whether it answers every method, as Toxiproxy's metrics do. */
  readonly isForAllMethods?: true;
  /** Whether it also answers HEAD. @defaultValue false, as in Toxiproxy */
  readonly hasHead?: true;
  /** With parameters in braces: `/proxies/{proxy}`. */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  /** Query parameters, each with a sentence. */
  readonly query?: Parameters;
  /** The schema of the body. */
  readonly body?: z.ZodType | { readonly jsonSchema: object };
  /** Whether the body can be YAML too. */
  readonly isYaml?: true;
  /** The schema of the response for each status; a string is a content type, null means no body. */
  readonly answers: { readonly [status: number]: z.ZodType | string | null };
  /** Whether the route is part of Toxiproxy's API. */
  readonly isToxiproxy?: true;
  /** @returns null: the answer is that of a path without a route @throws ApiError, ConfigError */
  readonly handle: (context: Context) => Promise<Response | null> | Response | null;
};

/** Groups routes by path. */
export function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  return paths;
}
