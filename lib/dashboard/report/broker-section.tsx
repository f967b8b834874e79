import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Untrusted } from '../untrusted.js';
import { Facts } from './facts.js';

/** The reason in RabbitMQ's words, and the level at which a broker logs it. */
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
          ['Level in the broker log', <code key="level">{reason.loggedAs}</code>],
          [
            'Severity',
            <span key="severity" class={reason.severity}>
              {reason.severity}
            </span>,
          ],
          ['Dialect', `RabbitMQ ${dialect}`],
          [
            'How it is known',
            reason.inferred ? 'inferred from the traffic; only the broker can know' : 'seen by the proxy',
          ],
        ]}
      />
    </>
  );
}
