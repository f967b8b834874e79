import type { JSX } from 'preact';
import type { Field } from './field.js';

/** The input of a field: a list, a text or several lines. The default is shown in place of a value. */
export function FieldInput({
  id,
  field,
  text,
  isInvalid,
  describedBy,
  onChange,
}: {
  readonly id: string;
  readonly field: Field;
  readonly text: string | undefined;
  readonly isInvalid: boolean;
  /** Ids of the elements that explain it. */
  readonly describedBy: string;
  readonly onChange: (text: string | undefined) => void;
}): JSX.Element {
  const { kind, standard, options, examples, isRequired, longest } = field;
  const common = {
    id,
    name: field.path,
    'aria-describedby': describedBy,
    'aria-invalid': isInvalid,
    'aria-required': isRequired,
  };
  const entered = (value: string): void => onChange(value === '' ? undefined : value);
  if (kind === 'choice' || kind === 'boolean') {
    return (
      <select {...common} value={text ?? ''} onChange={({ currentTarget }) => entered(currentTarget.value)}>
        <option value="">{isRequired ? 'choose one' : standard === '' ? 'default' : `default: ${standard}`}</option>
        {(kind === 'boolean' ? ['true', 'false'] : options.map(String)).map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'map') {
    return (
      <textarea
        {...common}
        rows={3}
        spellcheck={false}
        placeholder='{"key": "value"}'
        value={text ?? ''}
        onInput={({ currentTarget }) => entered(currentTarget.value)}
      />
    );
  }
  return (
    <>
      <input
        {...common}
        type="text"
        autocomplete="off"
        spellcheck={false}
        disabled={text === ''}
        list={examples.length > 0 ? `${id}-examples` : undefined}
        maxLength={longest ?? undefined}
        placeholder={text === '' ? '' : placeholder(field)}
        value={text ?? ''}
        onInput={({ currentTarget }) => entered(currentTarget.value)}
      />
      {examples.length > 0 && (
        <datalist id={`${id}-examples`}>
          {examples.map((example) => (
            <option key={example} value={example} />
          ))}
        </datalist>
      )}
    </>
  );
}

function placeholder({ standard, standardIs, examples: [example] }: Field): string {
  if (standard !== '' || standardIs !== '') return standard || 'default';
  return example === undefined ? '' : `such as ${example}`;
}
