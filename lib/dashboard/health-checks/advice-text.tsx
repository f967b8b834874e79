import type { JSX } from 'preact';

/** A sentence of advice. What is between backticks is shown as code. */
export function AdviceText({ text }: { readonly text: string }): JSX.Element {
  return <>{text.split('`').map((part, nth) => (nth % 2 === 1 ? <code key={nth}>{part}</code> : part))}</>;
}
