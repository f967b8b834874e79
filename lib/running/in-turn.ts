/** Runs async functions one at a time, in order. A failure does not stop later ones. */
export class InTurn {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs a function after all earlier ones have settled. */
  take<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.last.then(run, run);
    this.last = turn.catch(() => {});
    return turn;
  }
}
