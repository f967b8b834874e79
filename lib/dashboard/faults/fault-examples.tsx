import type { JSX } from 'preact';
import type { FaultModel } from './fault-model.js';

type Example = FaultModel['examples'][number];

const titleOf = (example: Example): string => String(example['name'] ?? example['type']).replaceAll('-', ' ');

/** Buttons that fill the form with the examples of the schema. Nothing is sent. */
export function FaultExamples({
  model: { examples },
  onChoose,
}: {
  readonly model: FaultModel;
  readonly onChoose: (example: Example) => void;
}): JSX.Element {
  return (
    <div class="row examples">
      <span class="quiet small">Examples:</span>
      {examples.map((example) => (
        <button key={titleOf(example)} type="button" class="small" onClick={() => onChoose(example)}>
          {titleOf(example)}
        </button>
      ))}
    </div>
  );
}

/** The same with what each one does, for a form in which nothing is filled in yet. */
export function ExampleCards({
  model: { examples, types },
  onChoose,
}: {
  readonly model: FaultModel;
  readonly onChoose: (example: Example) => void;
}): JSX.Element {
  return (
    <div class="example-cards">
      <p class="quiet">Choose a type, or start from an example. Nothing is sent until you add the fault.</p>
      {examples.map((example) => (
        <button key={titleOf(example)} type="button" onClick={() => onChoose(example)}>
          <strong>{titleOf(example)}</strong>
          <code>{inWords(example)}</code>
          <small>{types.find(({ name }) => name === example['type'])?.description}</small>
        </button>
      ))}
    </div>
  );
}

function inWords({ type, name: _, attributes, when, ...others }: Example): string {
  const words = Object.entries({ ...(attributes as object), ...(when as object), ...others });
  return [type, ...words.map(([key, value]) => `${key}=${value}`)].join(' ');
}
