import type { ComponentChildren, JSX } from 'preact';

/** An on/off switch that shows what is so, and only asks for a change: `onChange` must make it so. */
export function Switch({
  on,
  label,
  disabled = false,
  onChange,
  children,
}: {
  readonly on: boolean;
  /** Its accessible name. */
  readonly label: string;
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
  /** Text next to it. */
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <label class="switch">
      <input
        class="switch"
        type="checkbox"
        role="switch"
        aria-label={label}
        checked={on}
        aria-checked={on}
        disabled={disabled}
        onClick={(event) => {
          event.preventDefault();
          onChange(!on);
        }}
      />
      {children}
    </label>
  );
}
