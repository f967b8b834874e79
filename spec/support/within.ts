/** In ms: long enough for a busy machine, and under ava's own timeout, so that the error that says what was awaited comes first. */
const PATIENCE = 20_000;

/**
 * Waits for an event, but not for ever.
 *
 * @param what names it in the error, with what was seen in its place
 */
export async function within<T>(event: Promise<T>, what: string | (() => string), patience = PATIENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not within ${patience} ms: ${typeof what === 'string' ? what : what()}`)),
      patience,
    );
  });
  try {
    return await Promise.race([event, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
