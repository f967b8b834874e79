import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { LogSummary, SourceSummary } from '../../broker-log/log-summary.js';
import { errorSchema } from '../error-schema.js';
import { explainedEntriesSchema, logSummarySchema } from '../explained-schema.js';
import { badBody, invalidBody, readBody } from '../read-body.js';
import type { Route } from '../route.js';

/** Maximum of pasted entries, in characters, and of rows. */
const [LONGEST_LINE, MOST_ROWS] = [65_536, 1000] as const;
/** How much of a log is read at a time, in bytes, and for how long without a pause, in ms. */
const [SLICE, TURN] = [2048, 2] as const;

const input = z
  .strictObject({
    line: z
      .string()
      .max(LONGEST_LINE)
      .optional()
      .meta({ description: "Entries of RabbitMQ's log, or only a reason. The answer explains each entry." }),
    text: z.string().optional().meta({ description: 'A log, instead of `line`. The answer is a summary.' }),
    top: z
      .int()
      .min(1)
      .max(MOST_ROWS)
      .optional()
      .meta({ description: 'With `text`: how many rows the summary has; 20 by default.' }),
  })
  .meta({ id: 'ExplainInput' });

/** Explains entries of a broker's log, or summarizes a log. The proxies go on meanwhile: a long log is read a few ms at a time. */
export function explainRoute(): Route {
  return {
    method: 'POST',
    path: '/explain',
    summary: "Explains entries of RabbitMQ's log (`line`), or summarizes a log by source and reason (`text`).",
    body: input,
    answers: { 200: z.union([explainedEntriesSchema, logSummarySchema]), 400: errorSchema },
    handle: async (context) => {
      const read = input.safeParse(await readBody(context));
      if (read.error) throw invalidBody(read.error);
      const { line, text, top = 20 } = read.data;
      if ((line === undefined) === (text === undefined)) throw badBody('give either line or text');
      if (text !== undefined) return context.json(await summarize(text, top));
      // Loaded here, because few instances are ever asked.
      const { explainPasted } = await import('../../broker-log/explain-pasted.js');
      return context.json(explainPasted(line as string, Date.now()));
    },
  };
}

async function summarize(text: string, top: number): Promise<LogSummary> {
  const { LogSummarizer } = await import('../../broker-log/log-summary.js');
  const log = new LogSummarizer(Date.now());
  const bytes = Buffer.from(text);
  const pause = pauses();
  for (let from = 0; from < bytes.length; from += SLICE) {
    log.push(bytes.subarray(from, from + SLICE));
    await pause();
  }
  log.end();
  const rows: SourceSummary[] = [];
  for (const row of log.rows(top)) {
    rows.push(row);
    await pause();
  }
  return log.result(top, rows);
}

/** Returns a function that lets other work of the event loop go on, if it was kept waiting for 2 ms. */
function pauses(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < TURN) return undefined;
    return setImmediate().then(() => {
      since = performance.now();
    });
  };
}
