import type { ComponentChildren, JSX } from 'preact';
import { count } from '../format.js';
import { Untrusted } from '../untrusted.js';

/** A label and its value; null: there is none. */
export type Fact = readonly [label: string, value: ComponentChildren | null];

/** Maximum characters of a text from a client. */
const LONGEST = 300;

/** Facts in two columns, and below them the labels of those that have no value. */
export function Facts({
  facts,
  ifNull = 'None',
}: {
  readonly facts: readonly Fact[];
  /** What it means that there is no value. */
  readonly ifNull?: string;
}): JSX.Element {
  const known = facts.filter(([, value]) => value !== null);
  const missing = facts.filter(([, value]) => value === null).map(([label]) => label);
  return (
    <>
      {known.length > 0 && (
        <dl class="facts">
          {known.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {missing.length > 0 && (
        <p class="missing">
          {ifNull}: {missing.join(', ')}
        </p>
      )}
    </>
  );
}

/** One fact for each label, with values that may come from a client. The compiler demands a label for each key. */
export const factsOf = <Part extends object>(
  labels: { readonly [Key in keyof Part]-?: string },
  part: Part,
): readonly Fact[] =>
  (Object.keys(labels) as (keyof Part & string)[]).map((key) => {
    const value = part[key];
    return [labels[key], value === null ? null : <ClientText key={key} text={String(value)} />];
  });

/** A text that may come from a client, cut if it is long. */
export function ClientText({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      <Untrusted text={text} longest={LONGEST} />
      {text.length > LONGEST && <small class="quiet"> {count(text.length)} characters; all are in the raw JSON</small>}
    </>
  );
}
