import { setTimeout as sleep } from 'node:timers/promises';
import { eventBlocks } from '../text/server-sent-events.js';
import type { Control } from './control.js';
import { ControlError } from './control-error.js';

/** An event of type `report`, `fault`, `proxy` or `learned`, or `lost` if earlier events are no longer available. */
export type ControlEvent = { readonly id: string; readonly type: string; readonly data: unknown };

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
      for await (const { id, type, data } of eventBlocks(response.body as unknown as AsyncIterable<Uint8Array>)) {
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
