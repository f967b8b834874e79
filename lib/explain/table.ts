import type { Family, Row } from './row.js';
import { AMQP_1_0 } from './rows/amqp-1-0.js';
import { AMQP_1_0_HEADER } from './rows/amqp-1-0-header.js';
import { BROKER } from './rows/broker.js';
import { CHANNELS } from './rows/channels.js';
import { HANDSHAKE_ERROR } from './rows/handshake-error.js';
import { HANDSHAKE_TIMEOUT } from './rows/handshake-timeout.js';
import { LIFE } from './rows/life.js';
import { LOGIN } from './rows/login.js';
import { LOST } from './rows/lost.js';
import { MECHANISM } from './rows/mechanism.js';
import { MQTT } from './rows/mqtt.js';
import { NODES } from './rows/nodes.js';
import { OPENING } from './rows/opening.js';
import { PROTOCOL_HEADER } from './rows/protocol-header.js';
import { PROXY_HEADER } from './rows/proxy-header.js';
import { RUNNING } from './rows/running.js';
import { STOMP } from './rows/stomp.js';
import { STREAM } from './rows/stream.js';
import { TLS } from './rows/tls.js';

/** The table of explanations, in the order of the docs. Within a family, the first row that fits wins. */
export const TABLE: readonly Family[] = [
  PROTOCOL_HEADER,
  AMQP_1_0_HEADER,
  HANDSHAKE_TIMEOUT,
  HANDSHAKE_ERROR,
  LOGIN,
  AMQP_1_0,
  MECHANISM,
  OPENING,
  LOST,
  RUNNING,
  CHANNELS,
  TLS,
  PROXY_HEADER,
  LIFE,
  MQTT,
  STOMP,
  STREAM,
  NODES,
  BROKER,
];

/** Rows for the reasons in entries of AMQP readers, in the order in which they are tried. */
export const REASON_ROWS: readonly Row[] = TABLE.filter((family) => family.of === 'reason').flatMap(({ rows }) => rows);

/** Families of whole entries. */
export const ENTRY_FAMILIES: readonly Family[] = TABLE.filter((family) => family.of === 'entry');
