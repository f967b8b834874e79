import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How long it says that it has copied, in ms. */
const SHOWN = 2000;

/** Copies a text. Where the browser does not allow it, as on a page without HTTPS, it says so. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): JSX.Element {
  const [result, setResult] = useState<'copied' | 'select it to copy' | null>(null);
  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), SHOWN);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setResult('copied');
    } catch {
      setResult('select it to copy');
    }
  };
  return (
    <button type="button" class="subtle small" aria-label={`Copy ${what}`} onClick={copy}>
      <span role="status">{result ?? 'copy'}</span>
    </button>
  );
}
