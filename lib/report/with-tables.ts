/**
 * Returns the text of a page with its generated tables renewed, from `<!-- begin NAME -->` to `<!-- end NAME -->`.
 *
 * @param path the page, for the error
 * @param tables by name, what makes each of them
 * @throws Error for a table that the page does not have
 */
export function withTables(path: string, page: string, tables: { readonly [name: string]: () => string }): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
    const [before, rest] = text.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`${path} must have ${begin} and ${end}`);
    return `${before}${begin}\n${table()}\n${end}${after}`;
  }, page);
}
