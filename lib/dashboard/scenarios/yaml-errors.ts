/** A problem in a text, with its position if that is known. */
export type YamlError = { readonly line: number | null; readonly column: number | null; readonly message: string };

/** Reads the errors of a scenario from the message of the control API, which has `name:line:column: message` on each line. */
export function yamlErrorsOf(message: string): readonly YamlError[] {
  return message.split('\n').map((text) => {
    const [, line, column, rest] = /^.*?:(\d+):(\d+): (.*)$/.exec(text) ?? [];
    return rest === undefined
      ? { line: null, column: null, message: text }
      : { line: Number(line), column: Number(column), message: rest };
  });
}

/** Where a line of a text begins and ends. */
export function rangeOfLine(text: string, line: number): readonly [begin: number, end: number] {
  const before = text.split('\n').slice(0, line - 1);
  const begin = Math.min(
    text.length,
    before.reduce((sum, each) => sum + each.length + 1, 0),
  );
  const end = text.indexOf('\n', begin);
  return [begin, end === -1 ? text.length : end];
}
