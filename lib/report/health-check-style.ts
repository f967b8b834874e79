import { HEADER_LENGTH } from '../amqp/header.js';
import type { Report } from './report.js';

/** What a health check sends: nothing, only a protocol header, or a PROXY header with LOCAL. */
export type HealthCheckStyle = 'no_data' | 'header_only' | 'proxy_local';

/**
 * Returns the style of a health check, or null if the connection was not a health check.
 *
 * @param isLocal whether a PROXY header declared the connection LOCAL. If this is unknown, such a check gets the style of
 *   what it sent next
 */
export function healthCheckStyle(report: Report, isLocal = false): HealthCheckStyle | null {
  if (!report.healthCheck) return null;
  if (isLocal) return 'proxy_local';
  if (report.reason.name === 'connection_closed_with_no_data_received') return 'no_data';
  const isWhole = report.header.hex.length === 2 * HEADER_LENGTH;
  if (report.reason.name === 'connection_closed_abruptly' && isWhole) return 'header_only';
  // What a check that was answered here would have done is not known.
  return report.healthCheckAnswer === null ? 'proxy_local' : null;
}
