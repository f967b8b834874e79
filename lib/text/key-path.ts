/** Where a value stands in a config: `['proxies', 0, 'listen']`. */
export type KeyPath = readonly PropertyKey[];

/** `proxies[0].listen` */
export function formatPath(path: KeyPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
