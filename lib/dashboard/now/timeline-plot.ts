import uPlot from 'uplot';
import { edges, type Stacked } from './stacked.js';

/** A plot of stacked bars on a canvas. */
export type TimelinePlot = {
  /** @param highlighted the reason whose layer alone keeps its color; null: all do */
  readonly show: (stacked: Stacked, highlighted: string | null) => void;
  readonly close: () => void;
};

/** What the plot shows, with the fill of each layer. */
type Drawn = { readonly stacked: Stacked; readonly fills: readonly (string | CanvasPattern)[] };

const HEIGHT = 256;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/**
 * Draws into an element, whose width the plot follows.
 *
 * @param layers number of layers. Another number needs another plot
 * @param hovered called with the bar that the pointer is on, its left edge and its width in px; null: it is on none
 */
export function plotTimeline(
  element: HTMLElement,
  layers: number,
  hovered: (bar: { readonly nth: number; readonly left: number; readonly width: number } | null) => void,
): TimelinePlot {
  let drawn: Drawn = { stacked: { barMs: 1, times: [], layers: [] }, fills: [] };
  const quiet = (): string => colorIn(element, '--quiet');
  const line = (): string => colorIn(element, '--line');
  const axis = { stroke: quiet, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const plot = new uPlot(
    {
      width: element.clientWidth || 600,
      height: HEIGHT,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { points: { show: false }, drag: { setScale: false, x: false, y: false }, x: false, y: false },
      scales: {
        x: { time: false, range: (_, from, to) => [from, to + drawn.stacked.barMs / 1000] },
        y: { range: nice },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 60,
          incrs: [60, 120, 180, 300],
          values: (_, all) => all.map(clock),
          grid: { show: false },
        },
        { ...axis, size: 44, space: 36, incrs: WHOLE, grid: { stroke: line, width: 1 } },
      ],
      series: [
        {},
        ...Array.from({ length: layers }, (_, nth) => ({
          fill: () => drawn.fills[nth] ?? 'transparent',
          width: 0,
          points: { show: false },
          paths: bars,
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor: { left = -1 } }) => {
            const { barMs, times } = drawn.stacked;
            const nth = Math.floor((plot.posToVal(left, 'x') * 1000 - (times[0] ?? 0)) / barMs);
            if (left < 0 || nth < 0 || nth >= times.length) return hovered(null);
            const start = plot.valToPos((times[nth] as number) / 1000, 'x');
            return hovered({
              nth,
              left: start,
              width: plot.valToPos(((times[nth] as number) + barMs) / 1000, 'x') - start,
            });
          },
        ],
      },
    },
    [[], ...Array.from({ length: layers }, () => [])] as unknown as uPlot.AlignedData,
    element,
  );
  const resized = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
  });
  resized.observe(element);
  return {
    show: (stacked, highlighted) => {
      const fills = stacked.layers.map(({ reason, family, color }) => {
        if (highlighted !== null && highlighted !== reason) return colorIn(element, '--line');
        return family === 'fault' ? hatched(element, color) : colorIn(element, color);
      });
      drawn = { stacked, fills };
      plot.setData([stacked.times.map((time) => time / 1000), ...edges(stacked)] as uPlot.AlignedData);
    },
    close: () => {
      resized.disconnect();
      plot.destroy();
    },
  };
}

/**
 * Returns the part of a layer in each bar. Its edges are on whole pixels: what is between them would be mixed with the color
 * of the layer below.
 */
const bars: uPlot.Series.PathBuilder = (plot, layer) => {
  const path = new Path2D();
  const [times = [], ...uppers] = plot.data;
  const left = (nth: number): number => Math.round(plot.valToPos(times[nth] ?? plot.scales['x']?.max ?? 0, 'x', true));
  const top = (value: number): number => Math.round(plot.valToPos(value, 'y', true));
  for (let nth = 0; nth < times.length; nth++) {
    const width = left(nth + 1) - left(nth);
    const lower = top(uppers[layer - 2]?.[nth] ?? 0);
    const upper = top(uppers[layer - 1]?.[nth] ?? 0);
    path.rect(left(nth), upper, width - (width > 3 ? Math.ceil(width / 8) : 0), lower - upper);
  }
  return { fill: path };
};
const WHOLE = [1, 2, 5]
  .flatMap((digit) => Array.from({ length: 8 }, (_, zeros) => digit * 10 ** zeros))
  .sort((a, b) => a - b);
const clock = (seconds: number): string => CLOCK.format(seconds * 1000);
const nice = (_: uPlot, _from: number, to: number): [number, number] => [0, Math.max(4, to * 1.08)];

/** Returns the color that a CSS variable has in an element now: it depends on the theme. */
function colorIn(element: HTMLElement, variable: string): string {
  element.style.color = `var(${variable})`;
  return getComputedStyle(element).color;
}

/** What faults did is hatched, so that it can be recognized without colors. */
function hatched(element: HTMLElement, variable: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = 6;
  tile.height = 6;
  const context = tile.getContext('2d');
  if (context === null) return colorIn(element, variable);
  context.fillStyle = colorIn(element, '--fault-ground');
  context.fillRect(0, 0, 6, 6);
  context.strokeStyle = colorIn(element, variable);
  context.lineWidth = 2.6;
  for (const shift of [-6, 0, 6]) {
    context.moveTo(shift - 1, 7);
    context.lineTo(shift + 7, -1);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? colorIn(element, variable);
}
