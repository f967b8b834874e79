import type { Clock } from '../clock.js';
import { type LiveFault, liveFault } from './live-fault.js';
import { parseFault } from './parse-fault.js';

/** Returns the fault that closes an open connection with 320, as `rabbitmqctl close_connection` does on a broker. */
export function closeOnRequest(proxy: string, clock: Clock): LiveFault {
  const fault = parseFault({
    proxy,
    type: 'amqp_close',
    name: 'closed_on_request',
    attributes: { at: 'running', code: 320, text: 'CONNECTION_FORCED - closed on request' },
  });
  return liveFault(fault, clock, { connectionsBefore: 0, scenario: null, lifetime: null });
}
