import { styleText } from 'node:util';
import type { Severity } from '../amqp/reason.js';
import { isoTime } from '../text/iso-time.js';
import { oneLine } from '../text/one-line.js';
import type { Report } from './report.js';

const COLORS = { debug: 'gray', info: 'green', warning: 'yellow', error: 'red' } as const;

/** Returns text in the color of a severity, for a terminal. @param color otherwise the text is returned as it is */
export const colored = (severity: Severity | 'debug', text: string, color: boolean): string =>
  color ? styleText(COLORS[severity], text, { validateStream: false }) : text;

/** Returns a line of the pretty log: time, severity and text. @param color whether the severity is colored */
export function prettyLine(time: number, severity: Severity | 'debug', text: string, color: boolean): string {
  return `${isoTime(time)} ${colored(severity, severity.padEnd(7), color)} ${oneLine(text)}`;
}

/** Returns the end of a connection in one line: proxy, client, reason name and term, decision, and the sentence. */
export function prettyReport({ proxy, client, decision, reason }: Report): string {
  const { name, term, sentence } = reason;
  const printed = term === null || term === name ? '' : ` ${term}`;
  return `${proxy} ${client ?? '-'} ${name}${printed} ${decision}: ${sentence}`;
}
