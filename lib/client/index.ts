/** rabbit-snare/client: drives and observes a proxy in another process or container over its control API. */
export type { ExplainedEntry } from '../broker-log/explain-pasted.js';
export type { LogSummary } from '../broker-log/log-summary.js';
export type { FaultInput } from '../faults/fault.js';
export type { ScenarioInput } from '../faults/scenario.js';
export type { HealthCheckRow } from '../health-check/health-check-row.js';
export type { HealthChecksInput } from '../health-check/health-checks.js';
export type { OpenConnection, Report } from '../report/report.js';
export type { ReportFilter } from '../snare/report-filter.js';
export type { ControlOptions } from './control.js';
export { ControlError } from './control-error.js';
export type { ControlEvent } from './follow-events.js';
export { RemoteFault, RemoteFaults } from './remote-faults.js';
export { RemoteScenario } from './remote-scenario.js';
export type { ConnectOptions } from './remote-snare.js';
export { connectSnare, RemoteSnare } from './remote-snare.js';
