import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Facts } from './facts.js';
import { barShares, missingSteps, stepsOf } from './handshake-steps.js';

type Props = Pick<Report, 'timing' | 'durationMs' | 'stage'>;

/** When each step of the handshake was reached, as a bar and in numbers. */
export function TimingSection(report: Props): JSX.Element {
  const steps = stepsOf(report);
  const { shares, isToScale } = barShares(steps);
  const missing = missingSteps(report.timing);
  return (
    <>
      <div class="timing-bar" aria-hidden="true">
        {steps.map(({ key, title, took }, nth) => (
          <span key={key} class={key} title={`${title}: ${ms(took)}`} style={{ flexGrow: shares[nth] }} />
        ))}
      </div>
      <table class="steps">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="number">
              After accept
            </th>
            <th scope="col" class="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ key, title, at, took }) => (
            <tr key={key}>
              <td>
                <i class={`swatch ${key}`} />
                {title}
              </td>
              <td class="number">{ms(at)}</td>
              <td class="number">{ms(took)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">
        {missing.length > 0 && `Not reached: ${missing.join(', ')}. `}
        {isToScale || 'Short steps are drawn wider than they were.'}
      </p>
      <Facts facts={[['Stage', <code key="stage">{report.stage}</code>]]} />
    </>
  );
}

/** `0.4 ms`, `12 ms`, `10,003 ms`: all steps in the same unit, so that they can be compared. */
const ms = (time: number): string => `${NUMBER.format(time < 10 ? time : Math.round(time))} ms`;
const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
