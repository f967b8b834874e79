import { setImmediate } from 'node:timers/promises';

/** Characters that are encoded at once. Other requests are answered in between. */
const PIECE = 32_768;

/**
 * Returns a list as JSON. A long one is encoded piece by piece as the client reads it, so that it is never whole in memory.
 *
 * @param write returns the JSON of an item
 */
export function jsonList<T>(
  items: readonly T[],
  write: (item: T) => string = (item) => JSON.stringify(item),
): Response {
  const pieces = jsonPieces(items, write);
  const { value: first = '' } = pieces.next();
  const { value: second } = pieces.next();
  return new Response(second === undefined ? first : streamOf([first, second], pieces), {
    headers: { 'Content-Type': 'application/json' },
  });
}

/** Yields the JSON of a list in one or more pieces. */
function* jsonPieces<T>(items: readonly T[], write: (item: T) => string): Generator<string, undefined> {
  let piece = '[';
  for (const [at, item] of items.entries()) {
    piece += at === 0 ? write(item) : `,${write(item)}`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]`;
}

function streamOf(begun: readonly string[], rest: Iterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ready = [...begun];
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        await setImmediate();
        const piece = ready.shift() ?? rest.next().value;
        if (piece === undefined) controller.close();
        else controller.enqueue(encoder.encode(piece));
      },
    },
    { highWaterMark: 0 },
  );
}
