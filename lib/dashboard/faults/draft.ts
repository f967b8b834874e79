import { type FaultTypeModel, fieldsOf } from './fault-model.js';
import { textOf, valueIn } from './field.js';

/** What was filled in: the text of each field by its path. A field that is missing keeps its default. */
export type Draft = Readonly<Record<string, string>>;

/** A fault as the control API takes and returns it, as far as the form is concerned. */
export type FaultLike = {
  readonly name?: string;
  readonly stream?: string;
  readonly toxicity?: number;
  readonly times?: number | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly when?: Readonly<Record<string, unknown>>;
};

/** The draft that describes a fault. Values that are the default are left out. */
export function draftOf(type: FaultTypeModel, fault: FaultLike): Draft {
  const draft: Record<string, string> = {};
  for (const { path, fallback } of fieldsOf(type)) {
    const value = at(fault, path);
    if (value !== undefined && value !== null && value !== fallback) draft[path] = textOf(value);
  }
  return draft;
}

/** The body of `POST /faults`: only what was filled in. @param proxy null: it is the only one */
export function bodyOf(type: FaultTypeModel, draft: Draft, proxy: string | null): Record<string, unknown> {
  const { name, stream, toxicity, attributes, when, times } = given(type, draft, {});
  const all = { type: type.name, name, proxy: proxy ?? undefined, stream, toxicity, attributes, when, times };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The body of `PATCH /faults/{id}`: only what has changed. A field that was cleared is null, which is its default. */
export function changeOf(type: FaultTypeModel, before: Draft, after: Draft): Record<string, unknown> {
  return given(type, after, before);
}

function given(type: FaultTypeModel, draft: Draft, before: Draft): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fieldsOf(type)) {
    const text = draft[field.path];
    if (text === before[field.path]) continue;
    // Toxicity has no null: its default is a number.
    const value = text === undefined ? (field.path === 'toxicity' ? field.fallback : null) : valueIn(field, text);
    const [outer = '', inner] = field.path.split('.');
    body[outer] = inner === undefined ? value : { ...(body[outer] as object | undefined), [inner]: value };
  }
  return body;
}

function at(fault: FaultLike, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, step) => (found as Record<string, unknown> | null | undefined)?.[step], fault);
}
