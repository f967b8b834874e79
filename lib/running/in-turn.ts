/** Runs what it is given one after the other, whatever becomes of each. */
export class InTurn {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs it when all before it have ended. */
  take<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.last.then(run, run);
    this.last = turn.catch(() => {});
    return turn;
  }
}
