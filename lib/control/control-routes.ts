import type { Faults } from '../faults/proxy-faults.js';
import type { InvisibleChecks } from '../health-check/invisible-checks.js';
import type { Sources } from '../health-check/sources.js';
import type { Activity } from '../report/activity.js';
import type { History } from '../report/history.js';
import type { Limits } from '../report/limits.js';
import type { Metrics } from '../report/metrics.js';
import type { Outputs } from '../report/outputs.js';
import type { Proxies } from '../running/proxies.js';
import type { Scenarios } from '../running/scenarios.js';
import type { SeenByFaults } from '../running/seen-by-faults.js';
import type { EventStream } from './event-stream.js';
import type { Route } from './route.js';
import { classifyRoute } from './routes/classify.js';
import { connectionRoutes } from './routes/connections.js';
import { dashboardRoutes } from './routes/dashboard.js';
import { eventsRoute } from './routes/events.js';
import { explainRoute } from './routes/explain.js';
import { faultRoutes } from './routes/faults.js';
import { healthRoute, type Status } from './routes/health.js';
import { healthChecksRoute } from './routes/health-checks.js';
import { metricsRoute } from './routes/metrics.js';
import { overviewRoutes } from './routes/overview.js';
import { reportsRoute } from './routes/reports.js';
import { scenarioRoutes } from './routes/scenarios.js';
import { toxiproxyRoutes } from './toxiproxy/routes.js';

/** The parts of a running instance that the control API drives and observes. */
export type Controlled = {
  readonly proxies: Proxies;
  readonly faults: Faults;
  readonly seen: SeenByFaults;
  readonly scenarios: Scenarios;
  readonly history: History;
  /** Null: they are not remembered. */
  readonly sources: Sources | null;
  /** Checks that never complete the TCP handshake. */
  readonly invisible: () => InvisibleChecks;
  readonly events: EventStream;
  readonly metrics: Metrics;
  readonly activity: Activity;
  readonly outputs: () => Outputs;
  readonly limits: () => Limits;
  /** Null until every listener is open. */
  readonly status: () => Status | null;
};

/** Returns all routes of the control API except its OpenAPI description. */
export function controlRoutes(controlled: Controlled): readonly Route[] {
  return [
    ...dashboardRoutes(),
    healthRoute(controlled.status),
    ...overviewRoutes(controlled),
    ...toxiproxyRoutes(controlled),
    ...faultRoutes(controlled),
    ...scenarioRoutes(controlled),
    ...connectionRoutes(controlled),
    reportsRoute(controlled),
    healthChecksRoute(controlled),
    eventsRoute(controlled),
    metricsRoute(controlled),
    classifyRoute(controlled),
    explainRoute(),
  ];
}
