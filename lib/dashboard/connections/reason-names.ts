import type { Report } from '../../report/report.js';

/** All names of reasons, for the list to choose from. The compiler demands each of them. */
export const REASON_NAMES = Object.keys({
  connection_closed_with_no_data_received: true,
  connection_closed_abruptly: true,
  connection_closed: true,
  bad_header: true,
  bad_version: true,
  sasl_required: true,
  unsupported_amqp1_0_protocol_id: true,
  amqp1_0_plugin_not_enabled: true,
  handshake_timeout: true,
  handshake_error: true,
  auth_failure: true,
  vhost_not_found: true,
  access_refused: true,
  frame_error: true,
  missed_heartbeats: true,
  reader_crashed: true,
  upstream_unreachable: true,
  upstream_closed: true,
  limit: true,
  shutdown: true,
  fault: true,
  health_check_failed: true,
} satisfies { readonly [Name in Report['reason']['name']]: true }) as readonly Report['reason']['name'][];
