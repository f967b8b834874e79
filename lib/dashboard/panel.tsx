import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

/** A part of a view with a heading. A table in it is best put into `<div class="scroll">`. */
export function Panel({
  title,
  note,
  actions,
  class: name = '',
  children,
}: {
  readonly title: string;
  /** Said in a quiet color next to the heading. */
  readonly note?: ComponentChildren;
  /** Buttons at the right of the heading. */
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const id = useId();
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        {note && <span class="quiet small">{note}</span>}
        {actions && <div class="actions row">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
