import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Untrusted } from '../untrusted.js';
import { Facts } from './facts.js';

/** What the broker says about the reason, in its own words, and at which level. */
export function BrokerSection({ reason, dialect }: Pick<Report, 'reason' | 'dialect'>): JSX.Element {
  return (
    <>
      {reason.term !== null && (
        <pre class="term">
          <Untrusted text={reason.term} />
        </pre>
      )}
      <Facts
        facts={[
          ['Reason', <code key="name">{reason.name}</code>],
          ['Logged as', <code key="level">{reason.loggedAs}</code>],
          [
            'Severity',
            <span key="severity" class={reason.severity}>
              {reason.severity}
            </span>,
          ],
          ['Dialect', `RabbitMQ ${dialect}`],
          [
            'How it is known',
            reason.inferred ? 'inferred from the traffic: only the broker can know it' : 'seen by the proxy',
          ],
        ]}
      />
    </>
  );
}
