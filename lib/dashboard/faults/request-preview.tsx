import type { JSX } from 'preact';
import { curlCommand } from './as-command.js';
import { CodeBlock } from './code-block.js';

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
      <CodeBlock title={`${method} ${path}`} text={json} what="the request" />
      {command !== null && <CodeBlock title="On the command line" text={command} what="the command" />}
      <CodeBlock title="With curl" text={curl} what="the curl command" />
    </section>
  );
}
