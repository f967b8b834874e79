import * as z from 'zod';
import type { Close } from '../close.js';
import { wordOrNull } from './json-text.js';
import type { Report } from './report.js';
import type { ReportField } from './report-field.js';

type Ended = Report['ended'];

const close = z.enum(['fin', 'rst']).nullable();

/** The JSON of each combination, by its number, from when it first occurs. */
const known: string[] = [];

const BY = { client: 0, upstream: 1, proxy: 2 } as const;
const numberOf = (each: Close | null): number => (each === null ? 0 : each === 'fin' ? 1 : 2);

function writeEnded({ by, clientSent, clientSaw, upstreamSent, upstreamSaw }: Ended): string {
  const ofClient = BY[by] * 9 + numberOf(clientSent) * 3 + numberOf(clientSaw);
  const number = ofClient * 9 + numberOf(upstreamSent) * 3 + numberOf(upstreamSaw);
  known[number] ??=
    `{"by":"${by}","clientSent":${wordOrNull(clientSent)},"clientSaw":${wordOrNull(clientSaw)},"upstreamSent":${wordOrNull(upstreamSent)},"upstreamSaw":${wordOrNull(upstreamSaw)}}`;
  return known[number];
}

/** The key `ended` of a report. */
export const endedField: ReportField<Ended> = {
  schema: z.object({
    by: z.enum(['client', 'upstream', 'proxy']),
    clientSent: close,
    clientSaw: close,
    upstreamSent: close,
    upstreamSaw: close,
  }),
  write: writeEnded,
  doc: {
    text: 'How TCP was closed on both sides.',
    keys: {
      by: { text: 'The side that closed TCP first.' },
      clientSent: { text: 'The close that the client sent.', ifNull: 'none' },
      clientSaw: { text: 'The close that the proxy sent to the client.', ifNull: 'none' },
      upstreamSent: { text: 'The close that the upstream sent.', ifNull: 'none' },
      upstreamSaw: { text: 'The close that the proxy sent to the upstream.', ifNull: 'none' },
    },
  },
};
