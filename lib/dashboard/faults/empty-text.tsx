import type { JSX } from 'preact';

/** Tells an empty text from a field that was not filled in, which has its default. */
export function EmptyText({
  name,
  isEmpty,
  onChange,
}: {
  readonly name: string;
  readonly isEmpty: boolean;
  readonly onChange: (text: string | undefined) => void;
}): JSX.Element {
  return (
    <label class="small empty-text">
      <input
        type="checkbox"
        aria-label={`${name} is empty text`}
        checked={isEmpty}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? '' : undefined)}
      />
      empty text
    </label>
  );
}
