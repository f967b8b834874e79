import type { Report } from '../../report/report.js';

/** What a reason is about, the most severe last: this is the order in which they are stacked. */
export const FAMILIES = ['info', 'warning', 'error', 'fault'] as const;

export type Family = (typeof FAMILIES)[number];

type ReasonName = Report['reason']['name'];

/**
 * The family of each reason, and its shade within the family. Reasons that often occur together have shades of different
 * lightness. `connection_closed` is an error in some reports, but most of them are not.
 */
const COLORS: { readonly [Name in ReasonName]: readonly [Family, number] } = {
  connection_closed: ['info', 1],
  connection_closed_with_no_data_received: ['info', 2],
  shutdown: ['info', 3],
  connection_closed_abruptly: ['warning', 1],
  upstream_closed: ['warning', 2],
  limit: ['warning', 3],
  bad_header: ['error', 1],
  bad_version: ['error', 2],
  handshake_timeout: ['error', 3],
  auth_failure: ['error', 4],
  handshake_error: ['error', 5],
  vhost_not_found: ['error', 2],
  access_refused: ['error', 3],
  sasl_required: ['error', 4],
  unsupported_amqp1_0_protocol_id: ['error', 5],
  amqp1_0_plugin_not_enabled: ['error', 1],
  frame_error: ['error', 2],
  missed_heartbeats: ['error', 5],
  reader_crashed: ['error', 4],
  upstream_unreachable: ['error', 3],
  fault: ['fault', 1],
  health_check_failed: ['fault', 2],
};

const ORDER = Object.keys(COLORS);

/** How a reason is drawn: its family, its color as a CSS variable, and its place in the stack. */
export type ReasonColor = { readonly family: Family; readonly color: string; readonly place: number };

/** Returns how a reason is drawn. One that this page does not know is drawn as an error. */
export function colorOf(reason: string): ReasonColor {
  const [family, shade] = Object.hasOwn(COLORS, reason) ? COLORS[reason as ReasonName] : (['error', 1] as const);
  const nth = ORDER.indexOf(reason);
  const place = FAMILIES.indexOf(family) * 100 + (nth < 0 ? 99 : nth);
  return { family, color: `--${family}-${shade}`, place };
}
