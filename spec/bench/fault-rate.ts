import type { FaultName } from './proxy-program.js';
import { RATES, type Rate } from './rate.js';

/** A load on a proxy with a fault. Its figure is the ratio to the same proxy without the fault. */
export interface FaultRate {
  readonly title: string;
  readonly rate: Rate;
}

/** The loads with faults, by their names on the command line. */
export const FAULT_RATES: Readonly<Record<FaultName, FaultRate>> = {
  'unmatched-stream': { title: 'connections with a stream fault that does not match', rate: RATES.conn },
  'unmatched-handshake': { title: 'connections with a handshake fault that does not match', rate: RATES.conn },
  latency: { title: 'bulk with `latency` of 10 ms', rate: RATES.bulk },
  bandwidth: { title: 'round trips on 64 connections with `bandwidth` of 1 GB/s', rate: RATES.ping64 },
};
