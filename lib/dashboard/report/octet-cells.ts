import type { Report } from '../../report/report.js';

/** An octet as two hex digits and as a character; null if it does not print. */
export type OctetCell = { readonly hex: string; readonly character: string | null };

/** The first octets of a connection, at most 8. */
export function octetCells({ hex }: Report['header']): readonly OctetCell[] {
  return (hex.match(/../g) ?? []).map((digits) => {
    const code = Number.parseInt(digits, 16);
    return { hex: digits, character: code >= 0x20 && code <= 0x7e ? String.fromCharCode(code) : null };
  });
}
