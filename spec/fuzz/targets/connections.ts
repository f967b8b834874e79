import { connectionCase } from '../connection-case.js';
import { ConnectionVenue } from '../connection-venue.js';
import type { Target } from '../target.js';

/** Connections of clients and upstreams of any kind, through a running program with many proxies. */
export const connections: Target = { share: 45, caseOf: connectionCase, open: () => ConnectionVenue.open() };
