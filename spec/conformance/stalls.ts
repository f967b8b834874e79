/** How often the clock is read, in ms. */
const INTERVAL = 20;
/** A delay of the timer beyond this means that the machine is too busy for what is measured, in ms. */
const STALLED = 300;

let count = 0;
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Runs an action and says whether this process was stalled meanwhile: a client that acts late, or a broker's timer that
 * ends before its client has acted, is not a difference between a broker and a proxy.
 */
export async function noticingStalls<T>(action: () => Promise<T>): Promise<T & { readonly stalled: boolean }> {
  const before = count;
  users += 1;
  timer ??= start();
  try {
    const result = await action();
    return { ...result, stalled: count !== before };
  } finally {
    users -= 1;
    if (users === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}

function start(): ReturnType<typeof setInterval> {
  let last = performance.now();
  return setInterval(() => {
    const now = performance.now();
    if (now - last - INTERVAL > STALLED) count += 1;
    last = now;
  }, INTERVAL);
}
