import type { Recognizer } from '../recognizer.js';

/** Recognizes HTTP requests whose `User-Agent` starts with the given text. */
export const userAgentIs =
  (prefix: string): Recognizer['is'] =>
  ({ userAgent }) =>
    userAgent?.startsWith(prefix) === true;
