import type { ComponentChildren, JSX } from 'preact';
import type { Report } from '../report/report.js';

/** What a badge is about. Each kind has a color and a mark of another shape; `plain` has neither. */
export type BadgeKind = Report['reason']['severity'] | 'fault' | 'plain';

/** A short word with a mark. */
export function Badge({
  kind,
  title,
  children,
}: {
  readonly kind: BadgeKind;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`badge ${kind}`} title={title}>
      {children}
    </span>
  );
}

/** The reason of a report in the color of its severity, with RabbitMQ's term as the tooltip. */
export function Reason({
  reason: { name, severity, term },
}: {
  readonly reason: Pick<Report['reason'], 'name' | 'severity'> & { readonly term?: string | null };
}): JSX.Element {
  const isOnPurpose = name === 'fault' || name === 'health_check_failed';
  return (
    <Badge kind={isOnPurpose ? 'fault' : severity} title={term ?? undefined}>
      {name.split('_').map((word, nth) => (
        <>
          {nth > 0 && (
            <>
              _<wbr />
            </>
          )}
          {word}
        </>
      ))}
    </Badge>
  );
}
