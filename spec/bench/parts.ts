import { FAULT_RATES } from './fault-rate.js';
import type { FaultName } from './proxy-program.js';
import { RATES, type RateName } from './rate.js';

/** What can be measured, by its name on the command line. */
export type Part = RateName | FaultName | 'start' | 'memory' | 'container';

export const RATE_NAMES = Object.keys(RATES) as readonly RateName[];
export const FAULT_NAMES = Object.keys(FAULT_RATES) as readonly FaultName[];

/** All parts, in the order of the tables. */
export const PARTS: readonly Part[] = [...RATE_NAMES, ...FAULT_NAMES, 'start', 'memory', 'container'];

/** The parts of `--broker`. */
export type BrokerPart = 'handshakes' | 'confirms';

export const BROKER_PARTS: readonly BrokerPart[] = ['handshakes', 'confirms'];
