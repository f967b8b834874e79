import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, localTime } from '../format.js';
import { fragmentOf } from '../route.js';
import { type Stacked, sum } from './stacked.js';
import { plotTimeline, type TimelinePlot } from './timeline-plot.js';

type Hovered = { readonly nth: number; readonly left: number; readonly width: number };

/** The connections that ended in the last 15 minutes, stacked by reason, with a legend and a table that says the same. */
export function Timeline({ stacked }: { readonly stacked: Stacked }): JSX.Element {
  const [highlighted, highlight] = useState<string | null>(null);
  const all = stacked.layers.reduce((total, layer) => total + layer.total, 0);
  return (
    <div class="timeline">
      <Plot
        stacked={stacked}
        highlighted={highlighted}
        label={`${count(all)} ${all === 1 ? 'connection' : 'connections'} ended in the last 15 minutes`}
      />
      <ul class="legend" onMouseLeave={() => highlight(null)}>
        {stacked.layers.toReversed().map(({ reason, color, family, total }) => (
          <li key={reason}>
            <a
              href={fragmentOf({ view: 'connections', filter: { reason } })}
              onMouseEnter={() => highlight(reason)}
              onFocus={() => highlight(reason)}
              onBlur={() => highlight(null)}
            >
              <Swatch color={color} family={family} />
              <span class="name" title={reason}>
                {reason}
              </span>{' '}
              <span class="number">{count(total)}</span>
            </a>
          </li>
        ))}
      </ul>
      <Table stacked={stacked} />
    </div>
  );
}

function Swatch({ color, family }: { readonly color: string; readonly family: string }): JSX.Element {
  return <i class={`swatch ${family}`} aria-hidden="true" style={{ '--color': `var(${color})` }} />;
}

function Plot({
  stacked,
  highlighted,
  label,
}: {
  readonly stacked: Stacked;
  readonly highlighted: string | null;
  readonly label: string;
}): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<TimelinePlot>(null);
  const [hovered, hover] = useState<Hovered | null>(null);
  const layers = stacked.layers.length;
  useEffect(() => {
    plot.current = plotTimeline(element.current as HTMLElement, layers, hover);
    return () => plot.current?.close();
  }, [layers]);
  useEffect(() => plot.current?.show(stacked, highlighted), [stacked, highlighted, layers]);
  return (
    <div class="plot" role="img" aria-label={`${label}. The table below has the numbers.`}>
      <div ref={element} />
      {hovered !== null && hovered.nth < stacked.times.length && <Tip stacked={stacked} hovered={hovered} />}
    </div>
  );
}

/** What ended in the bar that the pointer is on. */
function Tip({
  stacked,
  hovered: { nth, left, width },
}: {
  readonly stacked: Stacked;
  readonly hovered: Hovered;
}): JSX.Element {
  const start = stacked.times[nth] as number;
  const present = stacked.layers.filter(({ counts }) => (counts[nth] ?? 0) > 0).toReversed();
  return (
    <div class="timeline-over" aria-hidden="true">
      <div class="hovered-bar" style={{ left: `${left}px`, width: `${width}px` }} />
      <div class={`tip ${nth > stacked.times.length / 2 ? 'before' : ''}`} style={{ left: `${left + width / 2}px` }}>
        <p class="quiet">
          {localTime(start)} to {localTime(start + stacked.barMs)}
        </p>
        {present.length === 0 && <p>no connection ended</p>}
        {present.map(({ reason, color, family, counts }) => (
          <p key={reason}>
            <Swatch color={color} family={family} />
            <span class="name">{reason}</span> <span class="number">{count(counts[nth] ?? 0)}</span>
          </p>
        ))}
      </div>
    </div>
  );
}

/** The same in numbers. */
function Table({ stacked: { layers, barMs } }: { readonly stacked: Stacked }): JSX.Element {
  const columns = [1, 5, 15] as const;
  return (
    <details class="numbers">
      <summary>Numbers</summary>
      <div class="scroll">
        <table aria-label="Ended connections">
          <thead>
            <tr>
              <th scope="col">Reason</th>
              {columns.map((minutes) => (
                <th scope="col" class="number" key={minutes}>
                  {minutes === 1 ? 'last minute' : `${minutes} minutes`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.toReversed().map(({ reason, counts }) => (
              <tr key={reason}>
                <th scope="row">{reason}</th>
                {columns.map((minutes) => (
                  <td class="number" key={minutes}>
                    {count(sum(counts, Math.min(counts.length, Math.ceil((minutes * 60_000) / barMs))))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
