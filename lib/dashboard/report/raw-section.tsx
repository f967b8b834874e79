import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Report } from '../../report/report.js';
import { visibleText } from '../visible-text.js';

/** The report as JSON, and a button that copies it. */
export function RawSection({ report }: { readonly report: Report }): JSX.Element {
  const text = useRef<HTMLTextAreaElement>(null);
  const [outcome, setOutcome] = useState('');
  const json = JSON.stringify(report, null, 2);
  const shown = json
    .split('\n')
    .map((line) => visibleText(line))
    .join('\n');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(json);
      setOutcome('Copied.');
    } catch {
      // Without HTTPS, only the reader may copy.
      text.current?.select();
      setOutcome('Selected. Copy it with the keyboard.');
    }
  };
  return (
    <details class="panel raw">
      <summary>Raw JSON</summary>
      <p>
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>{' '}
        <span role="status">{outcome}</span>
      </p>
      <textarea ref={text} readOnly rows={24} spellcheck={false} aria-label="The report as JSON" value={shown} />
    </details>
  );
}
