import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from './control.js';
import { ControlError } from './control-error.js';

/** An event of type `report`, `fault`, `proxy` or `learned`, or `lost` if earlier events are no longer available. */
export type ControlEvent = { readonly id: string; readonly type: string; readonly data: unknown };

/** One block of the event stream, as text. */
type Block = { readonly id: string; readonly type: string | undefined; readonly data: string | undefined };

/** Delay before reconnecting, in ms. */
const RETRY = 1_000;

/**
 * Yields new events. Reconnects automatically and resumes after the last event.
 *
 * @throws ControlError if the first connection fails, or if the API rejects one
 */
export async function* followEvents(control: Control, signal?: AbortSignal): AsyncGenerator<ControlEvent> {
  let last: string | null = null;
  let wasThere = false;
  for (;;) {
    try {
      const headers = last === null ? {} : { 'Last-Event-ID': last };
      const response = await control.fetch('/events', { headers, ...(signal && { signal }) });
      if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) throw control.stranger(response);
      wasThere = true;
      for await (const { id, type, data } of eventsIn(response.body as unknown as AsyncIterable<Uint8Array>)) {
        last = id;
        // The first block has only an id.
        if (type !== undefined && data !== undefined) yield { id, type, data: JSON.parse(data) };
      }
    } catch (error) {
      if (signal?.aborted) return;
      const isRefused = error instanceof ControlError && error.status !== null;
      if (!wasThere || isRefused) throw error;
    }
    if (signal?.aborted) return;
    await sleep(RETRY, undefined, signal && { signal }).catch(() => {});
  }
}

/** Parses server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* eventsIn(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
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
