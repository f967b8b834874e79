import { useState } from 'preact/hooks';
import { type Draft, draftOf, type FaultLike } from './draft.js';
import type { FaultModel, FaultTypeModel } from './fault-model.js';

/** The fault that is being filled in. */
export type NewFault = {
  /** Null: no type is chosen. */
  readonly type: FaultTypeModel | null;
  readonly draft: Draft;
  /** Chooses a type. What was filled in stays where the type has the same field. */
  readonly choose: (name: string) => void;
  readonly change: (draft: Draft) => void;
  /** Fills the form with an example. */
  readonly fill: (example: Readonly<Record<string, unknown>>) => void;
};

/** Keeps the fault that is being filled in while the view is shown. */
export function useNewFault(model: FaultModel | null): NewFault {
  const [{ name, draft }, setState] = useState<{ readonly name: string | null; readonly draft: Draft }>({
    name: null,
    draft: {},
  });
  const typeOf = (wanted: unknown): FaultTypeModel | null => model?.types.find(({ name }) => name === wanted) ?? null;
  return {
    type: typeOf(name),
    draft,
    choose: (name) => {
      const paths = [...(typeOf(name)?.attributes ?? []), ...(typeOf(name)?.shared ?? [])].map(({ path }) => path);
      setState({ name, draft: Object.fromEntries(Object.entries(draft).filter(([path]) => paths.includes(path))) });
    },
    change: (draft) => setState({ name, draft }),
    fill: (example) => {
      const type = typeOf(example['type']);
      if (type !== null) setState({ name: type.name, draft: draftOf(type, example as FaultLike) });
    },
  };
}
