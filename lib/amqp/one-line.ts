/**
 * A name that a client chose, or a text with one in it, on one line: it must not write lines of its own into a log, nor
 * control a terminal that shows it. Controls and line separators become a dot each.
 */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '.');
