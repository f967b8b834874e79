import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Report } from '../../report/report.js';
import { type Control, RequestError } from '../control.js';
import { type ConnectionFilter, matcherOf, reportsPath } from './connection-filter.js';
import { MOST_FOLLOWED, MOST_LISTED, ReportList } from './report-list.js';

/** How many of the last reports the server is asked for at first. */
const FIRST = MOST_FOLLOWED;

/** The reports that match a filter, and what is known about older ones. */
export type Reports = {
  readonly list: ReportList;
  /** `more`: the server may have older ones. `all`: the list has all that the server keeps. */
  readonly older: 'asking' | 'more' | 'most' | 'all';
  readonly problem: string | null;
  readonly askForOlder: () => void;
  /** Shows what arrived while the list was held. */
  readonly showArrived: () => void;
};

/**
 * Follows the reports that match a filter, and asks the server for older ones than the page has received.
 *
 * @param reports the last ones, oldest first
 * @param isHeld whether the list stays as it is
 */
export function useReports(
  control: Control,
  reports: readonly Report[],
  filter: ConnectionFilter,
  isHeld: boolean,
): Reports {
  const key = JSON.stringify(filter);
  const list = useMemo(() => new ReportList(matcherOf(filter)), [key]);
  const [asked, setAsked] = useState({ key, limit: FIRST, turn: 0 });
  const { limit, turn } = asked.key === key ? asked : { limit: FIRST, turn: 0 };
  const [{ older, problem }, setAnswer] = useState<Pick<Reports, 'older' | 'problem'>>(ASKING);
  const [, draw] = useState(0);
  list.follow(reports);
  list.hold(isHeld);

  useEffect(() => {
    let isWanted = true;
    setAnswer(ASKING);
    control.ask<Report[]>('GET', reportsPath(filter, limit)).then(
      (answer) => {
        if (!isWanted) return;
        list.addOlder(answer);
        const isAll = answer.length < limit;
        setAnswer({ older: isAll ? 'all' : limit < MOST_LISTED ? 'more' : 'most', problem: null });
      },
      (error: unknown) => {
        if (!(error instanceof RequestError)) throw error;
        if (isWanted) setAnswer({ older: 'more', problem: error.message });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [control, list, limit, turn]);

  return {
    list,
    older: list.hasDropped && older === 'all' ? 'more' : older,
    problem,
    askForOlder: () => setAsked({ key, limit: MOST_LISTED, turn: turn + 1 }),
    showArrived: () => {
      list.showArrived();
      draw((before) => before + 1);
    },
  };
}

const ASKING = { older: 'asking', problem: null } as const;
