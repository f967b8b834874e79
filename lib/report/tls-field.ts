import * as z from 'zod';
import { object } from './json-text.js';
import type { Report } from './report.js';
import type { ReportField } from './report-field.js';

const nullableText = z.string().nullable();

/** The key `tls` of a report. */
export const tlsField: ReportField<Report['tls']> = {
  schema: z
    .object({ version: nullableText, servername: nullableText, alpn: z.array(z.string()), terminated: z.boolean() })
    .nullable(),
  write: (tls) => (tls === null ? 'null' : object(tls)),
  doc: {
    text: 'TLS between client and proxy.',
    ifNull: 'the client did not use TLS',
    keys: {
      version: {
        text: 'The version that was negotiated; for TLS that passed through, the highest one offered.',
        ifNull: 'the handshake did not get that far',
      },
      servername: { text: 'Host that the client asked for (SNI).', ifNull: 'none' },
      alpn: { text: 'Protocols that the client offered (ALPN).' },
      terminated: { text: 'Whether the proxy terminated TLS. If so, the other keys describe what was inside.' },
    },
  },
};
