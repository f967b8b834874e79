/** One block of a stream of server-sent events, as text. */
export type EventBlock = { readonly id: string; readonly type: string | undefined; readonly data: string | undefined };

/**
 * Parses server-sent events as rabbit-snare writes them: every block has an id, and data of one line. Blocks without an id are
 * skipped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* eventBlocks(octets: AsyncIterable<Uint8Array>): AsyncGenerator<EventBlock> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of octets) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const [id, type, data] = ['id', 'event', 'data'].map((name) => fields.get(name));
      if (id !== undefined) yield { id, type, data };
    }
  }
}
