import * as z from 'zod';
import type { Stage } from '../amqp/stage.js';
import { type HealthCheckStyle, STYLE_DOCS } from '../health-check/style.js';
import { answerField } from './answer-field.js';
import { endedField } from './ended-field.js';
import { handshakeField } from './handshake-field.js';
import {
  list,
  ms,
  objectOrNull,
  plain,
  sharedObject,
  sharedObjectOrNull,
  text,
  textOrNull,
  word,
  wordOrNull,
} from './json-text.js';
import { reasonField } from './reason-field.js';
import type { FaultHit, Report } from './report.js';
import type { FieldDoc, ReportField } from './report-field.js';
import { STAGE_DOCS } from './stage-docs.js';
import { tlsField } from './tls-field.js';

/** What a proxy can do with a connection. */
export const DECISIONS = Object.keys({
  forward: true,
  refuse: true,
  fault: true,
  none: true,
} satisfies { [Name in Report['decision']]: true }) as Report['decision'][];

const nullableText = z.string().nullable();
const nullableNumber = z.number().nullable();
const side = z.enum(['client', 'upstream', 'proxy']);
const hit = z.object({ id: z.string(), name: z.string(), type: z.string(), at: z.string() });

const NOT_REACHED = 'not reached';
const hitKeys: FieldDoc<FaultHit>['keys'] = {
  id: { text: '`PROXY/NAME`.' },
  name: { text: 'The name of the fault.' },
  type: { text: 'The type of the fault.' },
  at: { text: 'The moment at which it acted.' },
};

/**
 * Every key of a report, in the order in which it is written. The schema of the API, the lines of the reports file and
 * the table in docs/reports.md derive from this table. The compiler rejects a key of `Report` that is missing here.
 */
export const REPORT_FIELDS: { readonly [Key in keyof Report]-?: ReportField<Report[Key]> } = {
  id: { schema: z.string(), write: text, doc: { text: 'The id of the connection, `RUN-NUMBER`.' } },
  proxy: { schema: z.string(), write: text, doc: { text: 'The name of the proxy.' } },
  at: {
    schema: z.iso.datetime(),
    write: word,
    doc: { text: 'When the connection was accepted (ISO 8601, UTC).' },
  },
  durationMs: { schema: z.number(), write: ms, doc: { text: 'Time from accept to the end.', unit: 'ms' } },
  client: {
    schema: nullableText,
    write: textOrNull,
    doc: {
      text: 'Address of the client, taken from its PROXY header if one was accepted.',
      ifNull: 'the client reset the connection before it was accepted',
    },
  },
  via: {
    schema: nullableText,
    write: textOrNull,
    doc: { text: 'Address of the load balancer that sent a PROXY header.', ifNull: 'no PROXY header was accepted' },
  },
  listen: { schema: z.string(), write: text, doc: { text: 'Local address that the client connected to.' } },
  upstream: {
    schema: nullableText,
    write: textOrNull,
    doc: { text: 'Address that was dialed, or `stand-in`.', ifNull: 'nothing was dialed' },
  },
  decision: {
    schema: z.enum(DECISIONS),
    write: word,
    doc: {
      text: 'What the proxy did. `none`: the client ended the connection before there was anything to decide, or the proxy answered a health check itself. `fault`: a fault acted.',
    },
  },
  stage: {
    schema: z.enum(Object.keys(STAGE_DOCS) as Stage[]),
    write: word,
    doc: { text: "How far the connection got, in RabbitMQ's words." },
  },
  dialect: { schema: z.string(), write: text, doc: { text: 'RabbitMQ version whose behavior was used.' } },
  reason: reasonField,
  looksLike: {
    schema: z.object({ what: z.string(), detail: z.string(), confidence: z.enum(['certain', 'likely']) }).nullable(),
    write: sharedObjectOrNull,
    doc: {
      text: 'What the client probably is, judging by its first bytes.',
      ifNull: 'it looks like AMQP, or like nothing known',
      keys: {
        what: { text: 'A short name, such as `tls` or `http`.' },
        detail: { text: 'The same in words.' },
        confidence: { text: '`certain`: the bytes are a signature of that protocol.' },
      },
    },
  },
  healthCheck: {
    schema: z.boolean(),
    write: plain,
    doc: {
      text: "Whether this was a health check: a PROXY header with LOCAL; no data before the client closed; a good protocol header and the broker's Start, after which the client closed without Start-Ok; or the fifth or a later connection from one source with the same style and period. False if a fault acted on the connection, except after LOCAL. Always true if `healthCheckAnswer` is not null.",
    },
  },
  header: {
    schema: z.object({ hex: z.string(), text: z.string() }),
    write: sharedObject,
    doc: {
      text: 'The first bytes from the client, at most 8.',
      keys: { hex: { text: 'As hex digits.' }, text: { text: 'As text, with `.` for unprintable bytes.' } },
    },
  },
  ended: endedField,
  octets: {
    schema: z.object({ received: z.int(), sent: z.int() }),
    write: ({ received, sent }) => `{"received":${received},"sent":${sent}}`,
    doc: {
      text: 'Traffic with the client, without PROXY headers.',
      keys: {
        received: { text: 'Bytes received from the client.', unit: 'bytes' },
        sent: { text: 'Bytes sent to the client.', unit: 'bytes' },
      },
    },
  },
  timing: {
    schema: z.object({
      headerMs: nullableNumber,
      upstreamConnectMs: nullableNumber,
      startMs: nullableNumber,
      tuneMs: nullableNumber,
      tuneOkMs: nullableNumber,
      openMs: nullableNumber,
    }),
    write: ({ headerMs, upstreamConnectMs, startMs, tuneMs, tuneOkMs, openMs }) =>
      `{"headerMs":${ms(headerMs)},"upstreamConnectMs":${ms(upstreamConnectMs)},"startMs":${ms(startMs)},"tuneMs":${ms(tuneMs)},"tuneOkMs":${ms(tuneOkMs)},"openMs":${ms(openMs)}}`,
    doc: {
      text: 'When each step of the handshake was reached, counted from accept.',
      keys: {
        headerMs: { text: 'The 8th byte arrived.', unit: 'ms', ifNull: NOT_REACHED },
        upstreamConnectMs: { text: 'The upstream accepted.', unit: 'ms', ifNull: NOT_REACHED },
        startMs: { text: 'Start arrived.', unit: 'ms', ifNull: NOT_REACHED },
        tuneMs: { text: 'Tune arrived.', unit: 'ms', ifNull: NOT_REACHED },
        tuneOkMs: { text: 'Tune-Ok arrived.', unit: 'ms', ifNull: 'not reached, or AMQP 1.0' },
        openMs: { text: 'Open-Ok arrived.', unit: 'ms', ifNull: NOT_REACHED },
      },
    },
  },
  handshake: handshakeField,
  connectionClose: {
    schema: z.object({ by: side, code: z.int().nullable(), name: nullableText, text: z.string() }).nullable(),
    write: objectOrNull,
    doc: {
      text: 'The first AMQP Close that passed.',
      ifNull: 'no Close passed',
      keys: {
        by: { text: 'The side that sent it.' },
        code: { text: 'Reply code.', ifNull: 'AMQP 1.0, which has no codes' },
        name: {
          text: 'Name of the reply code, such as `CONNECTION_FORCED`; in AMQP 1.0 the condition.',
          ifNull: 'AMQP does not define the code',
        },
        text: { text: 'Reply text.' },
      },
    },
  },
  fault: {
    schema: hit.nullable(),
    write: objectOrNull,
    doc: {
      text: 'The fault that ended the connection, or else the last one that acted.',
      ifNull: 'no fault acted',
      keys: hitKeys,
    },
  },
  faults: {
    schema: z.array(hit),
    write: list,
    doc: { text: 'The first 100 faults that acted, in order; keys as in `fault`.' },
  },
  explained: {
    schema: z.array(z.string()),
    write: list,
    doc: { text: 'For each fault of the proxy, one sentence that says whether it acted, and why. The first 100.' },
  },
  omitted: {
    schema: z.object({ faults: z.int(), explained: z.int() }).nullable(),
    write: objectOrNull,
    doc: {
      text: 'How many entries `faults` and `explained` leave out, beyond their first 100.',
      ifNull: 'both are complete',
      keys: { faults: { text: 'Faults that acted.' }, explained: { text: 'Sentences.' } },
    },
  },
  destination: {
    schema: nullableText,
    write: textOrNull,
    doc: {
      text: 'Address that the client connected to, according to the PROXY header.',
      ifNull: 'no PROXY header was accepted',
    },
  },
  tls: tlsField,
  unreadable: {
    schema: z.enum(['client', 'upstream']).nullable(),
    write: wordOrNull,
    doc: {
      text: 'The side whose bytes could not be parsed as frames after some point. They were relayed anyway.',
      ifNull: 'neither',
    },
  },
  upstreamAddress: {
    schema: nullableText,
    write: textOrNull,
    doc: {
      text: 'IP address and port that was dialed. If the host name of the upstream has several addresses, the last one that was tried.',
      ifNull: 'nothing was dialed, or the host name could not be resolved',
    },
  },
  healthCheckStyle: {
    schema: z.enum(Object.keys(STYLE_DOCS) as HealthCheckStyle[]).nullable(),
    write: wordOrNull,
    doc: {
      text: 'What the connection did, if that is a pattern of health checks. `healthCheck` says whether it was one.',
      ifNull: 'it is not a pattern of health checks',
    },
  },
  healthCheckOf: {
    schema: z
      .object({ what: z.string(), detail: z.string(), confidence: z.enum(['certain', 'likely', 'possible']) })
      .nullable(),
    write: sharedObjectOrNull,
    doc: {
      text: 'What makes such connections, judging by this one and earlier ones from the same source.',
      ifNull: 'nothing known does',
      keys: {
        what: { text: 'A short name, such as `haproxy_tcp_check`.' },
        detail: { text: 'The same in words.' },
        confidence: {
          text: '`certain`: the bytes are the signature of that program. `likely`: it usually does this, and few others do. `possible`: several programs do this.',
        },
      },
    },
  },
  healthCheckAnswer: answerField,
};
