import type { JSX } from 'preact';
import { CopyButton } from './copy-button.js';

/** A text to read and to copy, with a title. */
export function CodeBlock({
  title,
  text,
  what,
}: {
  readonly title: string;
  readonly text: string;
  /** What is copied, for the name of the button: `the command`. */
  readonly what: string;
}): JSX.Element {
  return (
    <figure class="code-block">
      <figcaption class="small">
        <span>{title}</span>
        <CopyButton text={text} what={what} />
      </figcaption>
      <pre>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
