import type { ComponentChildren, JSX } from 'preact';
import { Untrusted } from '../untrusted.js';

/** A label and what it is. Null: there is nothing to say, which is shown as a dash. */
export type Fact = readonly [label: string, value: ComponentChildren | null];

/** Facts in two columns. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value ?? <span class="quiet">-</span>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One fact for each label. The values are text from the client. The compiler demands a label for each key. */
export const factsOf = <Part extends object>(
  labels: { readonly [Key in keyof Part]-?: string },
  part: Part,
): readonly Fact[] =>
  (Object.keys(labels) as (keyof Part & string)[]).map((key) => {
    const value = part[key];
    return [labels[key], value === null ? null : <Untrusted text={String(value)} />];
  });
