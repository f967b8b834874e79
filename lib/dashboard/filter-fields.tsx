import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

/** How long after the last key a text becomes the filter, in ms. */
const PAUSE = 300;

type FieldProps = {
  readonly label: string;
  /** Empty: no filter. */
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** A choice among values, with `any` as the first. @param options value and text of each */
export function FilterSelect({
  label,
  value,
  onChange,
  options,
}: FieldProps & { readonly options: readonly (readonly [value: string, text: string])[] }): JSX.Element {
  const isKnown = value === '' || options.some(([each]) => each === value);
  return (
    <label>
      {label}
      <select aria-label={label} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">any</option>
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
        {isKnown || <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

/** A text with suggestions. It becomes the filter when the reader stops to type. */
export function FilterText({
  label,
  value,
  onChange,
  placeholder,
  suggestions,
}: FieldProps & { readonly placeholder: string; readonly suggestions: readonly string[] }): JSX.Element {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const commit = (text: string): void => {
    clearTimeout(timer.current);
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <label>
      {label}
      <input
        type="search"
        aria-label={label}
        list={id}
        value={draft}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          const text = currentTarget.value;
          setDraft(text);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => commit(text), PAUSE);
        }}
        onChange={({ currentTarget }) => commit(currentTarget.value)}
      />
      <datalist id={id}>
        {suggestions.map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
    </label>
  );
}
