import * as z from 'zod';
import { objectOrNull } from './json-text.js';
import type { Report } from './report.js';
import type { ReportField } from './report-field.js';

const NOT_SENT = 'not sent';
const nullableText = z.string().nullable();
const nullableNumber = z.number().nullable();

/** The key `handshake` of a report. */
export const handshakeField: ReportField<Report['handshake']> = {
  schema: z
    .object({
      product: nullableText,
      version: nullableText,
      platform: nullableText,
      mechanism: nullableText,
      user: nullableText,
      vhost: nullableText,
      channelMax: nullableNumber,
      frameMax: nullableNumber,
      heartbeat: nullableNumber,
      serverProduct: nullableText,
      serverVersion: nullableText,
      connectionName: nullableText,
    })
    .nullable(),
  write: objectOrNull,
  doc: {
    text: 'What client and broker declared while they opened the connection. It never contains a password.',
    ifNull: 'the connection was not forwarded',
    keys: {
      product: { text: 'Product name of the client.', ifNull: NOT_SENT },
      version: { text: 'Version of the client.', ifNull: NOT_SENT },
      platform: { text: 'Platform of the client.', ifNull: NOT_SENT },
      mechanism: { text: 'SASL mechanism.', ifNull: NOT_SENT },
      user: { text: 'User name.', ifNull: 'not sent, or not readable' },
      vhost: { text: 'Virtual host.', ifNull: NOT_SENT },
      channelMax: { text: 'As in Tune-Ok.', ifNull: NOT_SENT },
      frameMax: { text: 'As in Tune-Ok.', unit: 'bytes', ifNull: NOT_SENT },
      heartbeat: { text: 'As in Tune-Ok.', unit: 's', ifNull: NOT_SENT },
      serverProduct: { text: 'Product name of the broker.', ifNull: NOT_SENT },
      serverVersion: { text: 'Version of the broker.', ifNull: NOT_SENT },
      connectionName: {
        text: 'Name that the client gave the connection; in AMQP 1.0 its container id.',
        ifNull: NOT_SENT,
      },
    },
  },
};
