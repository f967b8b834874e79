import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { AttributeField } from './attribute-field.js';
import type { Draft } from './draft.js';
import type { FaultTypeModel } from './fault-model.js';
import type { Field } from './field.js';
import type { FormErrors } from './field-errors.js';
import { ToxicitySlider } from './toxicity-slider.js';

/** The fields of a fault type: its attributes, its direction and probability, and what limits it in a part that folds. */
export function FaultFields({
  type,
  draft,
  errors,
  fixed = [],
  onChange,
}: {
  readonly type: FaultTypeModel;
  readonly draft: Draft;
  readonly errors: FormErrors;
  /** Paths of fields that cannot be changed and are not shown. */
  readonly fixed?: readonly string[];
  readonly onChange: (draft: Draft) => void;
}): JSX.Element {
  const set = (path: string, text: string | undefined): void => {
    const { [path]: _, ...others } = draft;
    onChange(text === undefined ? others : { ...others, [path]: text });
  };
  const inputs = (fields: readonly Field[]): JSX.Element[] =>
    fields
      .filter(({ path }) => !fixed.includes(path))
      .map((field) => (
        <AttributeField
          key={field.path}
          field={field}
          text={draft[field.path]}
          error={errors.fields[field.path]}
          onChange={(text) => set(field.path, text)}
        />
      ));
  const shared = (...paths: readonly string[]): readonly Field[] =>
    type.shared.filter(({ path }) => paths.includes(path));
  const [toxicity] = shared('toxicity');
  const limits = [...shared('times'), ...type.shared.filter(({ path }) => path.startsWith('when.'))];
  const filled = limits.filter(({ path }) => draft[path] !== undefined);
  const mustOpen = filled.length > 0 || limits.some(({ path }) => errors.fields[path] !== undefined);
  const [isOpen, setOpen] = useState(mustOpen);
  // It does not close while a field in it is being cleared.
  useEffect(() => {
    if (mustOpen) setOpen(true);
  }, [mustOpen]);
  return (
    <>
      <fieldset>
        <legend>Attributes</legend>
        {type.attributes.length === 0 ? (
          <p class="quiet">This type has no attributes.</p>
        ) : (
          <div class="fields">{inputs(type.attributes)}</div>
        )}
      </fieldset>
      <fieldset>
        <legend>Where and how often</legend>
        <div class="fields">
          {inputs(shared('name', 'stream'))}
          {toxicity && (
            <Toxicity
              field={toxicity}
              text={draft[toxicity.path]}
              error={errors.fields[toxicity.path]}
              onChange={(text) => set(toxicity.path, text)}
            />
          )}
        </div>
      </fieldset>
      <details class="limits" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          Conditions{shared('times').length > 0 && ' and times'}
          {filled.length > 0 && `: ${filled.map(({ key }) => key).join(', ')}`}
        </summary>
        <div class="fields">{inputs(limits)}</div>
      </details>
    </>
  );
}

function Toxicity({
  field,
  text,
  error,
  onChange,
}: {
  readonly field: Field;
  readonly text: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (text: string | undefined) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <span class="name">{field.key}</span>
      <ToxicitySlider
        label={field.key}
        toxicity={Number(text ?? field.fallback)}
        describedBy={id}
        onChange={(toxicity) => onChange(toxicity === field.fallback ? undefined : String(toxicity))}
      />
      {error !== undefined && <p class="error small">{error}</p>}
      <small id={id}>{field.description}</small>
    </div>
  );
}
