import { negotiate } from '../amqp/dialect.js';
import { HEADER_LENGTH, isAmqp10, quadOf } from '../amqp/header.js';
import type { Sources } from '../health-check/sources.js';
import { styleOf } from '../health-check/style.js';
import { isoTime } from '../text/iso-time.js';
import { brokerLog } from './broker-entries.js';
import { describe } from './description.js';
import type { Facts } from './facts.js';
import type { Report } from './report.js';

/**
 * Makes the report of a connection.
 *
 * @param sources remember the connection, and recognize the checks that it belongs to. @defaultValue none
 */
export function reportOf(facts: Facts, sources: Sources | null = null): Report {
  const { reason, looksLike, header } = describe(facts);
  const style = styleOf(facts, looksLike);
  const recognized = sources?.observe(facts, style) ?? null;
  const report: Report = {
    id: facts.id,
    proxy: facts.proxy,
    at: isoTime(facts.at),
    durationMs: facts.durationMs,
    client: facts.client,
    via: facts.via,
    listen: facts.listen,
    upstream: facts.upstream,
    decision: facts.decision,
    stage: facts.stage,
    dialect: facts.dialect.name,
    reason,
    looksLike,
    healthCheck:
      facts.isLocal || facts.healthCheckAnswer !== null || isHealthCheck(facts) || (recognized?.isCheck ?? false),
    header,
    ended: facts.ended,
    octets: facts.octets,
    timing: facts.timing,
    handshake: facts.handshake,
    connectionClose: facts.connectionClose,
    fault: facts.fault,
    faults: facts.faults,
    explained: facts.explained,
    omitted: facts.omitted,
    destination: facts.destination,
    tls: facts.tls,
    unreadable: facts.unreadable,
    upstreamAddress: facts.upstreamAddress,
    healthCheckStyle: style,
    healthCheckOf: recognized?.of ?? null,
    healthCheckAnswer: facts.healthCheckAnswer,
  };
  const track = recognized?.track;
  if (track?.isNews) track.logged = brokerLog(report, facts.reason, facts.dialect);
  return report;
}

/**
 * Whether the client closed without sending data, or after a good header and before Start-Ok. A client that left because the
 * broker sent no Start was not a health check, and neither was one that a fault disturbed.
 */
function isHealthCheck(facts: Facts): boolean {
  const { reason, ended, faults, dialect, header, upstream, hasStart, hasStartOk, octets } = facts;
  if (ended.by !== 'client' || facts.vanished || faults.length > 0) return false;
  if (reason.name === 'connection_closed_with_no_data_received') return true;
  if (reason.name !== 'connection_closed_abruptly' || hasStartOk) return false;
  if (upstream !== null && !hasStart) return false;
  const quad = quadOf(header);
  if (quad === undefined || negotiate(quad, dialect, true) !== 'accept') return false;
  // AMQP 1.0 has no Start-Ok: there, a health check is a client that sent only the header.
  return !isAmqp10(quad) || octets.received <= HEADER_LENGTH;
}
