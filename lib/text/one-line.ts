/** Control characters, line separators and bidirectional controls. */
export const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Replaces each control character, line separator and bidirectional control by a dot. A name chosen by a client must not
 * add lines to a log, control the terminal that shows it, or change the order of what is shown.
 */
export const oneLine = (text: string): string => text.replace(HIDDEN, '.');
