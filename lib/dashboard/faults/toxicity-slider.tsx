import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';

/** The probability of a fault in percent. It is reported when the slider is released, or at each step of a key. */
export function ToxicitySlider({
  label,
  toxicity,
  describedBy,
  disabled = false,
  onChange,
}: {
  /** Its accessible name. */
  readonly label: string;
  /** From 0 to 1. */
  readonly toxicity: number;
  readonly describedBy?: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (toxicity: number) => void;
}): JSX.Element {
  const id = useId();
  const shown = Math.round(toxicity * 100);
  const [percent, setPercent] = useState(shown);
  // A change from elsewhere, unless it rounds to the same percentage.
  useEffect(() => setPercent(shown), [shown]);
  return (
    <span class="toxicity">
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={1}
        aria-label={label}
        aria-describedby={describedBy}
        aria-valuetext={`${percent} percent of connections`}
        disabled={disabled}
        value={percent}
        onInput={({ currentTarget }) => setPercent(Number(currentTarget.value))}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value) / 100)}
      />
      <output for={id} class="number">
        {percent}%
      </output>
    </span>
  );
}
