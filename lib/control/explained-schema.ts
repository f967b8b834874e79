import * as z from 'zod';

const time = z.string().nullable();
const level = z.enum(['debug', 'info', 'notice', 'warning', 'error', 'critical']).nullable();

const explanation = z
  .strictObject({
    name: z.string().meta({ description: 'The anchor of the explanation in docs/log-lines.md.' }),
    reason: z.string().nullable().meta({ description: "The report's name for the same end of a connection." }),
    client: z.string().nullable(),
    listener: z.string().nullable(),
    user: z.string().nullable(),
    vhost: z.string().nullable(),
    looksLike: z
      .strictObject({ what: z.string(), detail: z.string(), confidence: z.enum(['certain', 'likely']) })
      .nullable(),
    what: z.string().meta({ description: 'What happened, in plain words.' }),
    cause: z.string(),
    worry: z
      .enum(['no', 'maybe', 'yes'])
      .meta({ description: 'maybe: look at it if it repeats. yes: something does not work.' }),
    fix: z.string(),
    docs: z.string(),
  })
  .meta({ id: 'LogExplanation' });

/** Entries with their explanations: the answer for pasted entries. */
export const explainedEntriesSchema = z
  .array(
    z.strictObject({
      at: time.meta({ description: 'A time without a zone is taken as UTC.' }),
      level,
      text: z.string(),
      explanation: explanation
        .nullable()
        .meta({ description: "Null if the entry is not about a client's connection." }),
    }),
  )
  .meta({ id: 'ExplainedEntries' });

/** The summary of a log. */
export const logSummarySchema = z
  .strictObject({
    lines: z.int(),
    otherLines: z.int().meta({ description: "Lines that are not RabbitMQ's." }),
    cutLines: z.int().meta({ description: 'Lines longer than 256 KiB, of which only that much was read.' }),
    entries: z.int(),
    connectionEntries: z.int().meta({ description: 'Entries about connections.' }),
    connections: z.strictObject({ accepted: z.int(), closed: z.int() }),
    from: time,
    to: time,
    sources: z
      .array(
        z.strictObject({
          source: z.string().nullable(),
          count: z.int(),
          first: time,
          last: time,
          level,
          periods: z
            .array(z.strictObject({ periodMs: z.number(), jitterMs: z.number() }))
            .meta({ description: 'Empty if the connections are not periodic.' }),
          explanation,
          example: z.string(),
        }),
      )
      .meta({ description: 'Reasons by source; those to look at first are first.' }),
    others: z
      .array(z.strictObject({ name: z.string(), count: z.int() }))
      .meta({ description: 'What is not in `sources`, by the name of the explanation.' }),
    unexplained: z.strictObject({ count: z.int(), examples: z.array(z.string()) }),
  })
  .meta({ id: 'LogSummary' });
