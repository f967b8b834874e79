import type { JSX } from 'preact';

/** The message of a request that failed; nothing if `message` is null. Screen readers read it at once. */
export function Problem({ message }: { readonly message: string | null }): JSX.Element | null {
  if (message === null) return null;
  return (
    <p class="problem" role="alert">
      {message}
    </p>
  );
}
