import type { JSX } from 'preact';
import { STYLE_DOCS } from '../../health-check/style-docs.js';
import type { Report } from '../../report/report.js';
import { Facts } from './facts.js';

const ANSWERS = {
  local: 'answered by the proxy; the broker was not dialed',
  fail: 'failed on purpose by the proxy',
} as const;

/** Whether the connection was a health check, and of what. */
export function HealthCheckSection({
  healthCheck,
  healthCheckStyle,
  healthCheckOf,
  healthCheckAnswer,
}: Pick<Report, 'healthCheck' | 'healthCheckStyle' | 'healthCheckOf' | 'healthCheckAnswer'>): JSX.Element {
  return (
    <Facts
      facts={[
        ['Health check', healthCheck ? 'yes' : 'no'],
        [
          'Style',
          healthCheckStyle && (
            <>
              <code>{healthCheckStyle}</code>: {STYLE_DOCS[healthCheckStyle]}
            </>
          ),
        ],
        [
          'Made by',
          healthCheckOf && (
            <>
              <code>{healthCheckOf.what}</code> ({healthCheckOf.confidence}): {healthCheckOf.detail}
            </>
          ),
        ],
        ['Setting healthChecks', healthCheckAnswer && ANSWERS[healthCheckAnswer]],
      ]}
    />
  );
}
