/** Where an effective value came from. `line` and `column` start at 1. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number }
  /** `RABBIT_SNARE_LISTEN` */
  | { readonly from: 'env'; readonly name: string }
  /** `--listen` */
  | { readonly from: 'flag'; readonly name: string };

/** Formats an origin: `default`, `config.yaml:12`, `RABBIT_SNARE_LISTEN` or `--listen`. */
export function formatOrigin(origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'env':
    case 'flag':
      return origin.name;
    default:
      return origin satisfies never;
  }
}
