import type { JSX } from 'preact';
import type { HealthChecks } from '../../control/routes/health-checks.js';
import { STYLE_DOCS } from '../../health-check/style-docs.js';
import { Badge, type BadgeKind } from '../badge.js';
import { age, count, duration } from '../format.js';
import { fragmentOf } from '../route.js';
import { Moment, Time } from '../time.js';
import { AdviceText } from './advice-text.js';

/** A check of a source. */
export type Check = HealthChecks['sources'][number];

/** What does not change while a check is seen. */
export const keyOfCheck = ({ source, proxy, style, firstSeen }: Check): string =>
  JSON.stringify([source, proxy, style, firstSeen]);

/** A check: where it comes from, what it does, how often, what the broker logs about it, and what to change. */
export function CheckRow({ check, now }: { readonly check: Check; readonly now: number }): JSX.Element {
  const { source, proxy, style, guess, periodMs, jitterMs, established, firstSeen, lastSeen, broker } = check;
  return (
    <tbody>
      <tr>
        <th scope="row">
          {source === null ? (
            'not known'
          ) : (
            <a class="mono" href={fragmentOf({ view: 'connections', filter: { client: source, proxy } })}>
              {source}
            </a>
          )}
          <small>{proxy}</small>
        </th>
        <td data-label="What it is">
          {guess === null ? 'not recognized' : `${CONFIDENCE[guess.confidence]}${guess.detail}`}
          <small>
            <code>{style}</code> {STYLE_DOCS[style]}
          </small>
        </td>
        <td data-label="Period" class="nowrap">
          {periodMs === null ? 'irregular' : duration(periodMs)}
          {jitterMs !== null && <small>± {duration(jitterMs)}</small>}
        </td>
        <td data-label="Connections" class="number">
          {count(check.count)}
          <small>{established ? 'established' : 'not established'}</small>
        </td>
        <td data-label="Last seen" class="nowrap">
          <span>{age(now - Date.parse(lastSeen))} ago</span>
          <small>
            <Time at={lastSeen} />
            <span class="visually-hidden">
              , first seen <Moment at={firstSeen} />
            </span>
          </small>
        </td>
        <td data-label="In the broker log">
          <BrokerLog broker={broker} />
        </td>
      </tr>
      <tr class="advice">
        <td colSpan={6}>
          <strong>Advice</strong> <AdviceText text={check.advice} />
        </td>
      </tr>
    </tbody>
  );
}

const CONFIDENCE = { certain: '', likely: 'probably ', possible: 'possibly ' } as const;

const KINDS: Readonly<Record<NonNullable<Check['broker']['level']>, BadgeKind>> = {
  debug: 'plain',
  info: 'info',
  notice: 'info',
  warning: 'warning',
  error: 'error',
};

function BrokerLog({
  broker: { level, reason, entriesPerDay, linesPerDay, debug },
}: Pick<Check, 'broker'>): JSX.Element {
  if (level === null) return <span class="quiet">nothing</span>;
  const atDebug = debug.entriesPerDay ?? 0;
  return (
    <>
      <Badge kind={KINDS[level]} title={reason ?? undefined}>
        {level}
      </Badge>
      <small>
        {entriesPerDay === null
          ? 'no known number a day'
          : `${count(entriesPerDay)} entries, ${count(linesPerDay ?? 0)} lines a day`}
        {atDebug > (entriesPerDay ?? 0) && `; ${count(atDebug)} entries with the level debug`}
      </small>
    </>
  );
}
