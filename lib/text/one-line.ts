/** Control characters, line separators and bidirectional controls. All have codes below 65,536. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Replaces each control character, line separator and bidirectional control by a dot. A name chosen by a client must not
 * add lines to a log, control the terminal that shows it, or change the order of what is shown.
 */
export const oneLine = (text: string): string => text.replace(HIDDEN, '.');

/** The JSON of a value in one line. It escapes the same characters, of which `JSON.stringify` leaves some as they are. */
export const oneLineJson = (value: unknown): string =>
  JSON.stringify(value).replace(HIDDEN, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, '0')}`);
