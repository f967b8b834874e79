import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** Chooses one of several proxies. */
export function ProxyField({
  label,
  names,
  proxy,
  error,
  onChange,
}: {
  readonly label: string;
  readonly names: readonly string[];
  readonly proxy: string;
  readonly error: string | undefined;
  readonly onChange: (name: string) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field proxy">
      <label class="name" for={id}>
        {label}
      </label>
      <select
        id={id}
        value={proxy}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {error !== undefined && (
        <p id={`${id}-error`} class="error small">
          {error}
        </p>
      )}
    </div>
  );
}
