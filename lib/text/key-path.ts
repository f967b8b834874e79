/** The position of a value in a config: `['proxies', 0, 'listen']`. */
export type KeyPath = readonly PropertyKey[];

/** Formats a path: `proxies[0].listen`. */
export function formatPath(path: KeyPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
