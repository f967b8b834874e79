import type { Answering } from './answering.js';

/** Settings that replace the `healthChecks` of a proxy for a time. */
export class Overrides {
  /** The one that was put last. Null: every connection is forwarded. Undefined: none, and the proxy's own setting counts. */
  current: Answering | null | undefined;
  private readonly all: { readonly answering: Answering | null }[] = [];

  /** @param answering null: every connection is forwarded. @returns a function that removes it */
  put(answering: Answering | null): () => void {
    const own = { answering };
    this.all.push(own);
    this.current = answering;
    return () => {
      const at = this.all.indexOf(own);
      if (at >= 0) this.all.splice(at, 1);
      this.current = this.all.at(-1)?.answering;
    };
  }
}
