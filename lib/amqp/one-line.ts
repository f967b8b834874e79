/**
 * Replaces each control character and line separator by a dot. A name chosen by a client must not add lines to a log or
 * control the terminal that shows it.
 */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '.');
