import { colored } from '../report/pretty.js';
import type { Report } from '../report/report.js';
import { columnsOf, fit, wrap } from '../text/columns.js';
import { isoTime } from '../text/iso-time.js';
import { oneLine } from '../text/one-line.js';

/** Columns that a client and a reason have at first: as many as `255.255.255.255:65535` and most reasons need. */
const [CLIENT, REASON] = [21, 26] as const;
/** Maximum columns that are kept for a proxy, a client or a reason. */
const WIDEST = 50;
/** With fewer columns left on the line, the sentence begins on a line of its own. */
const NARROWEST = 60;

export type ReportLinesOptions = {
  /** Whether reports of several proxies are expected. With a second one, the proxy is shown in any case. */
  readonly severalProxies: boolean;
  readonly color: boolean;
};

/** Formats reports as lines with aligned columns. A column grows when it is too narrow for a report. */
export class ReportLines {
  private readonly color: boolean;
  private readonly widths = { proxy: 0, client: CLIENT, reason: REASON };
  private showsProxy: boolean;
  private proxy: string | null = null;

  constructor({ severalProxies, color }: ReportLinesOptions) {
    this.showsProxy = severalProxies;
    this.color = color;
  }

  /**
   * Returns the end of a connection: time, severity, proxy, client, reason and sentence.
   *
   * @param note added to the sentence
   * @param columns of the terminal, to which the sentence is wrapped, with the time of day only; null: one line of any
   *   length, with date and time
   */
  format(report: Report, note: string, columns: number | null): string {
    this.proxy ??= report.proxy;
    this.showsProxy ||= report.proxy !== this.proxy;
    const { severity, name, sentence } = report.reason;
    const time = isoTime(Date.parse(report.at) + report.durationMs).slice(columns === null ? 0 : 'YYYY-MM-DDT'.length);
    const before = `${time} `;
    const severityCell = severity.padEnd(7);
    const cells = [
      ...(this.showsProxy ? [this.cell('proxy', report.proxy)] : []),
      this.cell('client', clientOf(report)),
      this.cell('reason', name),
    ].map((cell) => ` ${cell}`);
    const colorful = before + colored(severity, severityCell, this.color);
    const last = cells.pop() as string;
    const head = `${colorful}${cells.join(' ')} ${colored(severity, last, this.color)}`;
    const text = oneLine(sentence + note);
    if (columns === null) return `${head}  ${text}`;
    const indent = columnsOf(before + severityCell + cells.join(' ') + last) + 3;
    if (columns - indent >= NARROWEST) {
      return wrap(text, columns - indent)
        .map((line, at) => (at === 0 ? `${head}  ${line}` : ' '.repeat(indent) + line))
        .join('\n');
    }
    const narrow = before.length;
    const lines = wrap(text, Math.max(1, columns - narrow)).map((line) => ' '.repeat(narrow) + line);
    return [head.trimEnd(), ...lines].join('\n');
  }

  private cell(column: keyof ReportLines['widths'], text: string): string {
    const shown = oneLine(text);
    const { widths } = this;
    widths[column] = Math.min(WIDEST, Math.max(widths[column], columnsOf(shown)));
    return columnsOf(shown) > WIDEST ? shown : fit(shown, widths[column]);
  }
}

/** The client, and the load balancer that named it. */
const clientOf = ({ client, via }: Report): string => (via === null ? (client ?? '-') : `${client ?? '-'} via ${via}`);
