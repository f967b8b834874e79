import { styleText } from 'node:util';
import type { Severity } from '../amqp/reason.js';
import type { Report } from './report.js';

const COLOURS = { debug: 'gray', info: 'green', warning: 'yellow', error: 'red' } as const;

/** A line of the pretty log: time, severity, and a text. Colours only where a person reads. */
export function prettyLine(time: number, severity: Severity | 'debug', text: string, colour: boolean): string {
  const word = severity.padEnd(7);
  return `${new Date(time).toISOString()} ${colour ? styleText(COLOURS[severity], word, { validateStream: false }) : word} ${text}`;
}

/** The end of a connection in one line: proxy, client, reason name and term, decision, the sentence. */
export function prettyReport({ proxy, client, decision, reason }: Report): string {
  const { name, term, sentence } = reason;
  const printed = term === null || term === name ? '' : ` ${term}`;
  return `${proxy} ${client ?? '-'} ${name}${printed} ${decision}: ${sentence}`;
}
