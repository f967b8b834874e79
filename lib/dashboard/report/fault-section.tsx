import type { JSX } from 'preact';
import type { FaultHit, Report } from '../../report/report.js';
import { count } from '../format.js';
import { fragmentOf } from '../route.js';
import { Untrusted } from '../untrusted.js';
import { Facts } from './facts.js';

/** The faults that acted, and for each fault of the proxy why it acted or did not. */
export function FaultSection(report: Pick<Report, 'fault' | 'faults' | 'explained' | 'omitted'>): JSX.Element {
  const { fault, faults, explained, omitted } = report;
  if (faults.length === 0 && explained.length === 0) return <p class="quiet">No fault acted on this connection.</p>;
  return (
    <>
      {faults.length > 0 && (
        <ol class="hits">
          {faults.map((hit, nth) => (
            <li key={nth}>
              <Hit hit={hit} />
            </li>
          ))}
        </ol>
      )}
      <ul class="explained">
        {explained.map((sentence, nth) => (
          <li key={nth}>
            <Untrusted text={sentence} />
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          ['Ended it, or acted last', fault && <Hit hit={fault} />],
          [
            'Left out',
            omitted && `${count(omitted.faults)} faults that acted, and ${count(omitted.explained)} explanations`,
          ],
        ]}
      />
    </>
  );
}

function Hit({ hit }: { readonly hit: FaultHit }): JSX.Element {
  return (
    <>
      <a class="fault" href={fragmentOf({ view: 'faults', selected: hit.id })} title={`The fault ${hit.name}`}>
        <Untrusted text={hit.id} />
      </a>{' '}
      (<code>{hit.type}</code> at <code>{hit.at}</code>)
    </>
  );
}
