import type { ProxyProcess } from './proxy-process.js';
import type { Tally } from './tally.js';

/** The run was interrupted, or cannot go on. */
export class SoakError extends Error {
  override readonly name = 'SoakError';
}

const LIBRARY_ERROR = /node_modules\/(amqplib|@cloudamqp|rhea)\//;

/** A socket of a client library may still fail after the run. In ms. */
const LINGER = 1000;

/**
 * Ends a run when the proxy ends by itself, and when the run is interrupted. Errors that a client library throws outside of
 * any call are counted: faults make libraries do that, and it must not end the run. Any other such error does.
 */
export class Guard implements Disposable {
  private readonly broken: Promise<never>;
  private readonly onError: (error: unknown) => void;
  private mayEnd = false;

  constructor(proxy: ProxyProcess, interrupted: AbortSignal, tally: Tally) {
    this.broken = new Promise<never>((_, reject) => {
      void proxy.ended.then((how) => {
        if (!this.mayEnd) reject(new SoakError(`the proxy ended by itself: ${how}`));
      });
      interrupted.addEventListener('abort', () => reject(new SoakError('interrupted')));
      if (interrupted.aborted) reject(new SoakError('interrupted'));
    });
    this.broken.catch(() => {});
    this.onError = (error) => {
      if (!(error instanceof Error && LIBRARY_ERROR.test(error.stack ?? ''))) throw error;
      tally.libraryErrors += 1;
    };
    process.on('uncaughtException', this.onError);
    // Rejections included. Some are handled later, and Node.js would print a warning for each.
    process.on('rejectionHandled', () => {});
  }

  /** @throws SoakError when the run cannot go on */
  unlessBroken<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.broken]);
  }

  /** From now on the proxy may end. */
  release(): void {
    this.mayEnd = true;
  }

  [Symbol.dispose](): void {
    setTimeout(() => process.off('uncaughtException', this.onError), LINGER).unref();
  }
}
