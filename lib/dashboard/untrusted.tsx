import type { JSX } from 'preact';
import { visibleParts } from './visible-text.js';

/**
 * Text that a client chose. It cannot change the order of the text around it, and characters that do not show become escapes.
 *
 * @param longest maximum characters shown; the rest is in the tooltip, up to 2,000 characters
 */
export function Untrusted({ text, longest }: { readonly text: string; readonly longest?: number }): JSX.Element {
  const isCut = longest !== undefined && text.length > longest;
  return (
    <bdi
      class="untrusted"
      title={
        isCut
          ? visibleParts(text, 2000)
              .map((part) => part.text)
              .join('')
          : undefined
      }
    >
      {visibleParts(text, longest).map(({ text: part, isHidden }) =>
        isHidden ? (
          <span class="hidden-characters" title="Characters that do not show">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </bdi>
  );
}
