import { colored } from '../report/pretty.js';
import type { Report } from '../report/report.js';
import { columnsOf, inColumns, wrap } from '../text/columns.js';
import { isoTime } from '../text/iso-time.js';
import { oneLine } from '../text/one-line.js';

/** Columns that a client and a reason have at first: as many as `255.255.255.255:65535` and most reasons need. */
const [CLIENT, REASON] = [21, 26] as const;
/** Maximum columns that are kept for a proxy, a client or a reason. */
const WIDEST = 50;
/** With fewer columns left on the line, the sentence begins on a line of its own. */
const NARROWEST = 60;
/** That line begins under the severity. */
const INDENT = ' '.repeat('HH:MM:SSZ '.length);

export type ReportLinesOptions = {
  /** The names of the proxies. The column for them is shown if there are several, or as soon as there is a second one. */
  readonly proxies: readonly string[];
  readonly color: boolean;
};

/** Formats reports as lines with aligned columns. A column grows when it is too narrow for a report. */
export class ReportLines {
  private readonly color: boolean;
  private readonly widths: Record<'proxy' | 'client' | 'reason', number> = { proxy: 0, client: CLIENT, reason: REASON };
  private readonly proxies: Set<string>;

  constructor({ proxies, color }: ReportLinesOptions) {
    this.proxies = new Set(proxies);
    this.color = color;
    for (const name of proxies) this.cell('proxy', name);
  }

  /**
   * Returns the end of a connection: time, severity, proxy, client, reason and sentence.
   *
   * @param note added to the sentence
   * @param columns of the terminal, to which the sentence is wrapped; the time is then the time of day (UTC). Null: one line of
   *   any length
   */
  format(report: Report, note: string, columns: number | null): string {
    if (this.proxies.size < 2) this.proxies.add(report.proxy);
    const { severity, name, sentence } = report.reason;
    const time = isoTime(Date.parse(report.at) + report.durationMs);
    const front = [
      columns === null ? time : `${time.slice('YYYY-MM-DDT'.length, -'.SSSZ'.length)}Z`,
      colored(severity, severity.padEnd(7), this.color),
      ...(this.proxies.size > 1 ? [this.cell('proxy', report.proxy)] : []),
      this.cell('client', clientOf(report)),
    ].join(' ');
    const reason = this.cell('reason', name);
    const text = oneLine(sentence + note);
    if (columns === null) return `${front} ${colored(severity, reason, this.color)} ${text}`;
    const indent = columnsOf(`${front} ${reason} `);
    if (columns - indent >= NARROWEST) {
      const lines = wrap(text, columns - indent);
      return `${front} ${colored(severity, reason, this.color)} ${lines.join(`\n${' '.repeat(indent)}`)}`;
    }
    const hasRoom = columnsOf(`${front} ${name}`) <= columns;
    const lines = wrap(hasRoom ? text : `${name}: ${text}`, Math.max(1, columns - INDENT.length));
    const [head, ...rest] = hasRoom ? [`${front} ${name}`, ...lines] : [front.trimEnd(), ...lines];
    return [head, ...rest].join(`\n${INDENT}`).replace(name, colored(severity, name, this.color));
  }

  private cell(column: 'proxy' | 'client' | 'reason', text: string): string {
    const shown = oneLine(text);
    const { widths } = this;
    widths[column] = Math.min(WIDEST, Math.max(widths[column], columnsOf(shown)));
    return columnsOf(shown) > WIDEST ? shown : inColumns(shown, widths[column]);
  }
}

/** The client, and the load balancer that named it. */
const clientOf = ({ client, via }: Report): string => (via === null ? (client ?? '-') : `${client ?? '-'} via ${via}`);
