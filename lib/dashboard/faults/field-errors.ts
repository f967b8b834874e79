/** The errors of a form: those of its fields by path, and all others. */
export type FormErrors = { readonly fields: Readonly<Record<string, string>>; readonly others: readonly string[] };

export const NO_ERRORS: FormErrors = { fields: {}, others: [] };

/** Errors that name no key, and the field that they are about. */
const ABOUT = [
  [/^fault ".*" already exists$/, 'name'],
  [/^proxy ".*" of fault .* not found$/, 'proxy'],
] as const;

/**
 * Assigns each line of an error of the control API to the field that it names: `attributes.at must be one of start, …`.
 *
 * @param paths the fields that the form shows
 */
export function errorsOf(message: string, paths: readonly string[]): FormErrors {
  const fields: Record<string, string> = {};
  const others: string[] = [];
  for (const line of message.split('\n')) {
    const named = paths.find((path) => line.startsWith(`${path} `));
    const about = named ?? ABOUT.find(([pattern, path]) => pattern.test(line) && paths.includes(path))?.[1];
    if (about === undefined) others.push(line);
    else {
      const text = line.replace(/^(attributes|when)\./, '');
      fields[about] = fields[about] === undefined ? text : `${fields[about]}\n${text}`;
    }
  }
  return { fields, others };
}
