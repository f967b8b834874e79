import type { Context } from 'hono';
import { ApiError } from './api-error.js';

/**
 * The JSON of a request's body, whatever its content type says: clients send it as forms, too.
 *
 * @throws ApiError 400 in the words of Toxiproxy
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

/** A body that does not have the form that it must have. */
export function badBody(why: string, cause?: unknown): ApiError {
  return new ApiError(400, `bad request body: ${why}`, { cause });
}

/** Whether the parser stumbled over the end of the text. */
function isCutShort(text: string, message: string): boolean {
  const at = /at position (\d+)/.exec(message)?.[1];
  return /end of JSON input|Unterminated/.test(message) || (at !== undefined && Number(at) >= text.length);
}
