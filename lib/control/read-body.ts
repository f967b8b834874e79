import { toUSVString } from 'node:util';
import type { Context } from 'hono';
import type { ZodError } from 'zod';
import { ApiError } from './api-error.js';

/** An escape that may be half of a surrogate pair. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

/**
 * Parses the body of a request as JSON and ignores its content type: some clients send JSON as a form. A lone surrogate
 * becomes U+FFFD, as in Toxiproxy. No path could address a name with a lone surrogate.
 *
 * @throws ApiError 400 with Toxiproxy's text
 */
export async function readBody(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === '') throw badBody('EOF');
  try {
    return SURROGATE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw badBody(isCutShort(text, message) ? 'unexpected EOF' : message, error);
  }
}

/** Returns the error for a body of the wrong form. */
export function badBody(why: string, cause?: unknown): ApiError {
  return new ApiError(400, `bad request body: ${why}`, { cause });
}

/** Returns the error for a body that a schema has rejected. It names each key and its rule. */
export const invalidBody = ({ issues }: ZodError): ApiError =>
  badBody(issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; '));

const wellFormed = (_key: string, value: unknown): unknown => (typeof value === 'string' ? toUSVString(value) : value);

/** Whether the text ended too early. */
function isCutShort(text: string, message: string): boolean {
  const at = /at position (\d+)/.exec(message)?.[1];
  return /end of JSON input|Unterminated/.test(message) || (at !== undefined && Number(at) >= text.length);
}
