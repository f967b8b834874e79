type Handlers = {
  /** Called for the first signal: stops gracefully. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
  /** Called for any further signal: stops at once. */
  readonly stopAtOnce: () => Promise<void>;
};

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/** Waits for SIGTERM or SIGINT, then stops gracefully. A second signal stops at once. */
export function untilStopped({ stop, stopAtOnce }: Handlers): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      const ended = stopping ? stopAtOnce() : stop(signal);
      stopping = true;
      ended.then(() => {
        for (const each of SIGNALS) process.removeListener(each, onSignal);
        resolve();
      }, reject);
    };
    for (const each of SIGNALS) process.on(each, onSignal);
  });
}
