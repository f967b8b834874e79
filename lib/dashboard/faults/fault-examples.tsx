import type { JSX } from 'preact';
import type { FaultModel } from './fault-model.js';

/** Buttons that fill the form with the examples of the schema. Nothing is sent. */
export function FaultExamples({
  model: { examples },
  onChoose,
}: {
  readonly model: FaultModel;
  readonly onChoose: (example: Readonly<Record<string, unknown>>) => void;
}): JSX.Element {
  return (
    <div class="row examples">
      <span class="quiet small">Fill in an example:</span>
      {examples.map((example) => (
        <button
          key={String(example['name'])}
          type="button"
          class="small"
          title={JSON.stringify(example)}
          onClick={() => onChoose(example)}
        >
          {String(example['name'] ?? example['type']).replaceAll('-', ' ')}
        </button>
      ))}
    </div>
  );
}
