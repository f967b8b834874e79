import type { FunctionComponent } from 'preact';
import type { Report } from '../../report/report.js';
import { BrokerSection } from './broker-section.js';
import { ClosesSection } from './closes-section.js';
import { ConnectionSection } from './connection-section.js';
import { FaultSection } from './fault-section.js';
import { FirstBytesSection } from './first-bytes-section.js';
import { HandshakeSection, TlsSection } from './handshake-section.js';
import { HealthCheckSection } from './health-check-section.js';
import { TimingSection } from './timing-section.js';

type Key = keyof Report;

/** A part of the page of a report. It is given the keys that it shows, and no others. */
type Section<Keys extends Key> = {
  readonly title: string;
  readonly keys: readonly Keys[];
  readonly Body: FunctionComponent<Pick<Report, Keys>>;
};

const section = <const Keys extends Key>(
  title: string,
  keys: readonly Keys[],
  Body: FunctionComponent<Pick<Report, Keys>>,
): Section<Keys> => ({ title, keys, Body });

const ALL = [
  section('How it ended', ['ended', 'connectionClose', 'client', 'upstream', 'octets', 'unreadable'], ClosesSection),
  section('Steps', ['timing', 'durationMs', 'stage'], TimingSection),
  section('First bytes', ['header', 'looksLike'], FirstBytesSection),
  section("Reason in RabbitMQ's words", ['reason', 'dialect'], BrokerSection),
  section('AMQP handshake', ['handshake'], HandshakeSection),
  section(
    'Connection',
    [
      'id',
      'proxy',
      'at',
      'durationMs',
      'client',
      'via',
      'destination',
      'listen',
      'upstream',
      'upstreamAddress',
      'decision',
    ],
    ConnectionSection,
  ),
  section('Faults', ['fault', 'faults', 'explained', 'omitted'], FaultSection),
  section(
    'Health check',
    ['healthCheck', 'healthCheckStyle', 'healthCheckOf', 'healthCheckAnswer'],
    HealthCheckSection,
  ),
  section('TLS', ['tls'], TlsSection),
] as const;

type Forgotten = Exclude<Key, (typeof ALL)[number]['keys'][number]>;

/** The sections of the page of a report, in order. The compiler rejects this if no section shows a key of `Report`. */
export const REPORT_SECTIONS: [Forgotten] extends [never] ? typeof ALL : { readonly forgotten: Forgotten } = ALL;
