import type { JSX, RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { rangeOfLine, yamlErrorsOf } from './yaml-errors.js';

/** The text of a scenario. Each error leads to its line. */
export function YamlField({
  area,
  text,
  problem,
  onChange,
}: {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  /** The error of the control API; null: there is none. */
  readonly problem: string | null;
  readonly onChange: (text: string) => void;
}): JSX.Element {
  const id = useId();
  const select = (line: number): void => {
    area.current?.focus();
    area.current?.setSelectionRange(...rangeOfLine(text, line));
  };
  return (
    <div class="field">
      <label class="name" for={id}>
        YAML
      </label>
      <textarea
        id={id}
        ref={area}
        rows={Math.min(24, Math.max(10, text.split('\n').length + 1))}
        spellcheck={false}
        wrap="off"
        placeholder={'steps:\n  - {type: …, attributes: {…}, after: 1s, until: 10s}'}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        value={text}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {problem !== null && (
        <ul id={`${id}-problem`} class="problem" role="alert">
          {yamlErrorsOf(problem).map(({ line, column, message }) => (
            <li key={`${line}:${column} ${message}`}>
              {line !== null && (
                <button type="button" class="subtle small" onClick={() => select(line)}>
                  Line {line}
                </button>
              )}{' '}
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
