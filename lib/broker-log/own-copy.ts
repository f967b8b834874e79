/** A copy of a text. A part of a text keeps all of it in memory, here a chunk of a log, for as long as the part is kept. */
export const ownCopy = (text: string): string => Buffer.from(text).toString();
