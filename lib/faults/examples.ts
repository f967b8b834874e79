import type { FaultInput } from './fault.js';

/** Faults to start from, each named after what it imitates. */
export const FAULT_EXAMPLES = [
  { name: 'first-two-refused', type: 'amqp_refuse', attributes: { reason: 'bad_header' }, times: 2 },
  { name: 'operator-closes', type: 'amqp_close', attributes: { at: 'running', code: 320 } },
  { name: 'slow-login', type: 'amqp_stall', attributes: { at: 'tune', timeout: '5s', then: 'resume' } },
  { name: 'slow-network', type: 'latency', attributes: { latency: '200ms', jitter: '50ms' } },
] as const satisfies readonly FaultInput[];
