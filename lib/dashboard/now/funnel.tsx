import type { JSX } from 'preact';
import type { FunnelStep } from '../../control/overview.js';
import { count, duration } from '../format.js';
import { funnelRows, percent } from './funnel-rows.js';

/** How far handshakes got, what is lost at each step, and how long it takes. */
export function Funnel({ steps }: { readonly steps: readonly FunnelStep[] }): JSX.Element {
  return (
    <div class="scroll">
      <table class="funnel" aria-label="Handshakes">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="number">
              Reached
            </th>
            <th scope="col" class="number">
              Lost
            </th>
            <th scope="col" class="number">
              Median time
            </th>
          </tr>
        </thead>
        <tbody>
          {funnelRows(steps).map(({ step, count: reached, share, lost, medianMs }) => (
            <tr key={step}>
              <th scope="row">
                {step}
                <span class="funnel-bar" aria-hidden="true">
                  <i style={{ width: `${share * 100}%` }} />
                </span>
              </th>
              <td class="number">{count(reached)}</td>
              <td class={`number ${lost !== null && lost >= 0.1 ? 'lossy' : 'quiet'}`}>
                {lost === null ? '' : percent(lost)}
              </td>
              <td class="number quiet">{medianMs === null ? '' : duration(medianMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
