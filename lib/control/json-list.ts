import { setImmediate } from 'node:timers/promises';

/** Characters that are encoded at once. Other requests are answered in between. */
const PIECE = 32_768;
/** Bytes of lines, which are already JSON, that are copied at once. */
const PIECE_OF_LINES = 131_072;

type Piece = string | Uint8Array;

const BEGIN = Buffer.from('[');
const COMMA = Buffer.from(',');
const END = Buffer.from(']');

/**
 * Returns a list as JSON. A long one is encoded piece by piece as the client reads it, so that it is never whole in memory.
 *
 * @param write returns the JSON of an item
 */
export function jsonList<T>(
  items: readonly T[],
  write: (item: T) => string = (item) => JSON.stringify(item),
): Response {
  return answerOf(jsonPieces(items, write));
}

/** Does the same with items that are JSON in UTF-8 already. */
export function jsonLines(lines: readonly Uint8Array[]): Response {
  return answerOf(linePieces(lines));
}

function answerOf(pieces: Iterator<Piece, undefined>): Response {
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

function* linePieces(lines: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  let parts: Uint8Array[] = [BEGIN];
  let length = 0;
  for (const [at, line] of lines.entries()) {
    if (at > 0) parts.push(COMMA);
    parts.push(line);
    length += line.length;
    if (length < PIECE_OF_LINES) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  yield Buffer.concat([...parts, END]);
}

function streamOf(begun: readonly Piece[], rest: Iterator<Piece, undefined>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ready = [...begun];
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        await setImmediate();
        const piece = ready.shift() ?? rest.next().value;
        if (piece === undefined) controller.close();
        else controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
      },
    },
    { highWaterMark: 0 },
  );
}
