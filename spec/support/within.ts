/** In ms: long enough for a busy machine, and below ava's timeout, so that the error that names the event comes first. */
const PATIENCE = 20_000;

/**
 * Waits for an event, with a time limit.
 *
 * @param what describes it in the error, with what was seen instead
 */
export async function within<T>(event: Promise<T>, what: string | (() => string), patience = PATIENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`did not happen within ${patience} ms: ${typeof what === 'string' ? what : what()}`)),
      patience,
    );
  });
  try {
    return await Promise.race([event, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
