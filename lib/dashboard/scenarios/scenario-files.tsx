import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { ScenarioFile } from '../../control/scenario-view.js';

/** Chooses one of the scenarios that come with the program. */
export function ScenarioFiles({
  files,
  chosen,
  onChoose,
}: {
  readonly files: readonly ScenarioFile[];
  /** The one whose text was not changed. */
  readonly chosen: string | null;
  readonly onChoose: (file: ScenarioFile) => void;
}): JSX.Element {
  const id = useId();
  return (
    <fieldset class="types">
      <legend>Common failures</legend>
      <div class="list">
        {files.map((file) => (
          <label key={file.name} class={file.name === chosen ? 'type chosen' : 'type'}>
            <input
              type="radio"
              name="scenario-file"
              aria-labelledby={`${id}-${file.name}`}
              aria-describedby={`${id}-${file.name}-help`}
              checked={file.name === chosen}
              onChange={() => onChoose(file)}
            />
            <span id={`${id}-${file.name}`} class="mono">
              {file.name}
            </span>
            <small id={`${id}-${file.name}-help`} title={file.description}>
              {file.description}
            </small>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
