import { HEADER_LENGTH } from '../amqp/header.js';
import type { Report } from './report.js';

/** How a health check goes about it: it sends nothing, a protocol header alone, or says in a PROXY header that it is one. */
export type HealthCheckStyle = 'no_data' | 'header_only' | 'proxy_local';

/**
 * The style of a health check, null for what is none.
 *
 * @param isLocal a PROXY header said so. Without it a check that did, and then sent nothing or a header, is of that style
 */
export function healthCheckStyle(report: Report, isLocal = false): HealthCheckStyle | null {
  if (!report.healthCheck) return null;
  if (isLocal) return 'proxy_local';
  if (report.reason.name === 'connection_closed_with_no_data_received') return 'no_data';
  const isWhole = report.header.hex.length === 2 * HEADER_LENGTH;
  return report.reason.name === 'connection_closed_abruptly' && isWhole ? 'header_only' : 'proxy_local';
}
