import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { EmptyText } from './empty-text.js';
import type { Field } from './field.js';
import { FieldInput } from './field-input.js';

/** One field of the fault form: its name, its input with the unit, what it means, and what the server said about it. */
export function AttributeField({
  field,
  text,
  error,
  onChange,
}: {
  readonly field: Field;
  /** What was filled in; undefined: nothing. */
  readonly text: string | undefined;
  readonly error: string | undefined;
  /** @param text undefined if the field was cleared */
  readonly onChange: (text: string | undefined) => void;
}): JSX.Element {
  const id = useId();
  const canBeEmpty = field.kind === 'text' && field.path.startsWith('attributes.');
  const described = [error !== undefined && `${id}-error`, field.unit !== null && `${id}-unit`, `${id}-help`];
  return (
    <div class={`field ${field.kind === 'map' ? 'wide' : ''}`}>
      <label for={id} class="name">
        {field.key}
        {field.isRequired && <span class="required"> required</span>}
      </label>
      <div class="input">
        <FieldInput
          id={id}
          field={field}
          text={text}
          isInvalid={error !== undefined}
          describedBy={described.filter(Boolean).join(' ')}
          onChange={onChange}
        />
        {field.unit !== null && (
          <span id={`${id}-unit`} class="unit">
            {field.unit}
          </span>
        )}
      </div>
      {canBeEmpty && <EmptyText name={field.key} isEmpty={text === ''} onChange={onChange} />}
      {error !== undefined && (
        <p id={`${id}-error`} class="error small">
          {error}
        </p>
      )}
      <small id={`${id}-help`}>
        {field.description}
        {field.standardIs !== '' && ` Default: ${field.standardIs}.`}
        {field.syntax !== '' && <span class="visually-hidden"> {field.syntax}</span>}
      </small>
    </div>
  );
}
