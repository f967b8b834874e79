import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { type FaultTypeModel, matching } from './fault-model.js';

/** Chooses a fault type: groups with a search. The arrow keys move through the types that are shown. */
export function TypePicker({
  types,
  chosen,
  error,
  onChoose,
}: {
  readonly types: readonly FaultTypeModel[];
  readonly chosen: string | null;
  readonly error: string | undefined;
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  const id = useId();
  const [words, setWords] = useState('');
  const found = matching(types, words);
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  return (
    <fieldset class="types" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>Type</legend>
      <input
        type="search"
        aria-label="Search fault types"
        placeholder={`Search ${types.length} types`}
        value={words}
        onInput={({ currentTarget }) => setWords(currentTarget.value)}
      />
      {error !== undefined && (
        <p id={`${id}-error`} class="error small">
          {error}
        </p>
      )}
      <div class="list">
        {kinds.map((kind) => (
          <section key={kind} aria-label={kind}>
            <p class="kind">{kind}</p>
            {found
              .filter((type) => type.kind === kind)
              .map(({ name, description }) => (
                <label key={name} class={name === chosen ? 'type chosen' : 'type'}>
                  <input
                    type="radio"
                    name="type"
                    value={name}
                    checked={name === chosen}
                    aria-labelledby={`${id}-${name}`}
                    aria-describedby={`${id}-${name}-help`}
                    onChange={() => onChoose(name)}
                  />
                  <span id={`${id}-${name}`} class="mono">
                    {name}
                  </span>
                  <small id={`${id}-${name}-help`}>{description}</small>
                </label>
              ))}
          </section>
        ))}
      </div>
      <p class="small quiet" role="status">
        {words !== '' && `${found.length} of ${types.length} types`}
      </p>
    </fieldset>
  );
}
