import type { OpenConnection } from '../../report/report.js';
import { STAGE_DOCS } from '../../report/stage-docs.js';

type Filter = Readonly<Record<string, string>>;

/** All stages, in the order in which a connection reaches them. */
export const STAGES = Object.keys(STAGE_DOCS) as readonly OpenConnection['stage'][];

/**
 * The open connections that match a filter, oldest first.
 *
 * @param filter `proxy`, `stage`, and `client`: the beginning of its address
 */
export function matchingOpen(all: readonly OpenConnection[], filter: Filter): readonly OpenConnection[] {
  const { proxy = '', stage = '', client = '' } = filter as { readonly [key in 'proxy' | 'stage' | 'client']?: string };
  return all
    .filter(
      (each) =>
        (proxy === '' || each.proxy === proxy) &&
        (stage === '' || each.stage === stage) &&
        (client === '' || (each.client ?? '').startsWith(client)),
    )
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** The path that returns the open connections. The server does not filter by client. @param filter as in `matchingOpen` */
export function openPath(filter: Filter, limit: number): string {
  const given = Object.entries(filter).filter(([key, value]) => ['proxy', 'stage'].includes(key) && value !== '');
  return `/connections?${new URLSearchParams([...given, ['limit', String(limit)]])}`;
}
