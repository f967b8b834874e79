import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Report } from '../../report/report.js';
import { Badge, Reason } from '../badge.js';
import { type Control, RequestError } from '../control.js';
import { duration } from '../format.js';
import { Panel } from '../panel.js';
import { fragmentOf } from '../route.js';
import { Moment } from '../time.js';
import { Untrusted } from '../untrusted.js';
import { RawSection } from './raw-section.js';
import { REPORT_SECTIONS } from './report-sections.js';

type Props = {
  readonly id: string;
  readonly control: Control;
  /** Those in the page. A report that is not among them is asked for. */
  readonly reports: readonly Report[];
  /** Of the list that one comes from. */
  readonly filter: Readonly<Record<string, string>>;
};

/** A whole report. */
export function ReportPage({ id, control, reports, filter }: Props): JSX.Element {
  const [report, setReport] = useState<Report | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const arrived = report ?? reports.find((each) => each.id === id) ?? null;
  if (arrived !== report) setReport(arrived);

  // Asked for once
  useEffect(() => {
    if (arrived !== null) return;
    control.ask<Report[]>('GET', `/reports?${new URLSearchParams({ id, limit: '1' })}`).then(
      ([found = null]) => (found === null ? setProblem(NOT_KEPT) : setReport(found)),
      (error: unknown) => {
        if (!(error instanceof RequestError)) throw error;
        setProblem(error.message);
      },
    );
  }, [control, id]);

  return (
    <article class="report">
      <p>
        <a href={fragmentOf({ view: 'connections', filter })}>All connections</a>
      </p>
      {arrived === null ? <p role="status">{problem ?? 'Asking for the report…'}</p> : <Found report={arrived} />}
    </article>
  );
}

const NOT_KEPT =
  'rabbit-snare does not keep a report with this id. It keeps the last ones, and a connection that is still open has none yet.';

function Found({ report }: { readonly report: Report }): JSX.Element {
  const { reason, at, durationMs, client, via, healthCheck, fault } = report;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <header class={`summary ${reason.severity}`}>
        <h3 ref={heading} tabIndex={-1}>
          <Untrusted text={reason.sentence} />
        </h3>
        <p>
          <Reason reason={reason} />
          {healthCheck && <Badge kind="plain">health check</Badge>}
          {fault !== null && <Badge kind="fault">{fault.type}</Badge>}
          <span class="mono">{client ?? 'unknown client'}</span>
          {via !== null && <span class="mono">via {via}</span>}
          <Moment at={at} />
          <span>{duration(durationMs)}</span>
        </p>
      </header>
      <div class="sections">
        {REPORT_SECTIONS.map(({ title, Body }) => (
          <Panel key={title} title={title}>
            {draw(Body as FunctionComponent<Report>, report)}
          </Panel>
        ))}
      </div>
      <RawSection report={report} />
    </>
  );
}

const draw = (Body: FunctionComponent<Report>, report: Report): JSX.Element => <Body {...report} />;
