import type { JSX } from 'preact';
import type { FormErrors } from './field-errors.js';

/** The errors of a form, read at once by screen readers: those that belong to no field, and a pointer to those that do. */
export function FormProblem({ errors: { fields, others } }: { readonly errors: FormErrors }): JSX.Element | null {
  const wrong = Object.values(fields);
  if (wrong.length + others.length === 0) return null;
  return (
    <div class="problem" role="alert">
      {wrong.length > 0 && <p>Not accepted: {wrong.join('; ')}.</p>}
      {others.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}
