import { constants } from 'node:os';

/**
 * Lets SIGTERM and SIGINT end the program while nothing else handles them, also as process 1 of a container. The kernel
 * ignores signals to process 1 that it does not handle, so that stopping the container would take until SIGKILL.
 */
export function leaveOnSignal(): void {
  if (process.pid !== 1) return;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}
