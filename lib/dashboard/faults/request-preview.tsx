import type { JSX } from 'preact';
import { curlCommand } from './as-command.js';
import { CopyButton } from './copy-button.js';

/** What a form will send, as the request, as the command line and with curl, to learn from and to copy. */
export function RequestPreview({
  method,
  path,
  body,
  command,
  hasToken,
}: {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: unknown;
  /** The same with the command line; null: it cannot do this. */
  readonly command: string | null;
  readonly hasToken: boolean;
}): JSX.Element {
  const json = JSON.stringify(body, null, 2);
  const curl = curlCommand({ method, path, body: JSON.stringify(body) }, location.origin, hasToken);
  return (
    <section class="request" aria-label="What is sent">
      <Code title={`${method} ${path}`} text={json} what="the request" />
      {command !== null && <Code title="On the command line" text={command} what="the command" />}
      <Code title="With curl" text={curl} what="the curl command" />
    </section>
  );
}

function Code({
  title,
  text,
  what,
}: {
  readonly title: string;
  readonly text: string;
  readonly what: string;
}): JSX.Element {
  return (
    <figure>
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
