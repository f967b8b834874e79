import type { Context } from 'hono';
import { ApiError } from './api-error.js';

/**
 * Parses the body of a request as JSON and ignores its content type: some clients send JSON as a form.
 *
 * @throws ApiError 400 with Toxiproxy's text
 */
export async function readBody(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === '') throw badBody('EOF');
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw badBody(isCutShort(text, message) ? 'unexpected EOF' : message, error);
  }
}

/** Returns the error for a body of the wrong form. */
export function badBody(why: string, cause?: unknown): ApiError {
  return new ApiError(400, `bad request body: ${why}`, { cause });
}

/** Whether the text ended too early. */
function isCutShort(text: string, message: string): boolean {
  const at = /at position (\d+)/.exec(message)?.[1];
  return /end of JSON input|Unterminated/.test(message) || (at !== undefined && Number(at) >= text.length);
}
