import type { JSX } from 'preact';
import { ConnectionList } from '../connections/connection-list.js';
import { ReportPage } from '../report/report-page.js';
import type { ViewProps } from './view.js';

/** The connections that have ended, or the report of one of them. The list keeps its place while a report is shown. */
export function ConnectionsView(props: ViewProps): JSX.Element {
  const { control, state, route } = props;
  return (
    <>
      <ConnectionList {...props} />
      {route.selected !== null && (
        <ReportPage
          key={route.selected}
          id={route.selected}
          control={control}
          reports={state.reports}
          filter={route.filter}
        />
      )}
    </>
  );
}
