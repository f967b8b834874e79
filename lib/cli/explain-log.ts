import { existsSync } from 'node:fs';
import { explainPasted } from '../broker-log/explain-pasted.js';
import { LogSummarizer, type LogSummary } from '../broker-log/log-summary.js';
import { oneLineJson } from '../text/one-line.js';
import { quote } from '../text/quote.js';
import { explainedText } from './explained-text.js';
import { print } from './print.js';
import { progress } from './progress-line.js';
import { readLog } from './read-log.js';
import { ReadProgress } from './read-progress.js';
import { summaryText } from './summary-text.js';
import { UsageError } from './usage-error.js';

/** Exit code if nothing could be explained, or a file was not complete. */
const INCOMPLETE = 1;
/** Columns of the output where it is not a terminal. */
const WIDTH = 120;

/** Prints the explanation of entries of a broker's log. @throws UsageError if they are the name of a file */
export function explain(entry: string, json: boolean): void {
  if (existsSync(entry))
    throw new UsageError(`${quote(entry)} is a file: to summarize it, use rabbit-snare explain --file ${entry}`);
  const explained = explainPasted(entry, Date.now());
  print(json ? oneLineJson(explained) : explainedText(explained));
  if (explained.every(({ explanation }) => explanation === null)) process.exitCode = INCOMPLETE;
}

/**
 * Prints a summary of logs by source and reason.
 *
 * @param files `-` for standard input
 * @param top the most rows
 */
export async function summarize(files: readonly string[], top: number, json: boolean): Promise<void> {
  const log = new LogSummarizer(Date.now());
  const read = new ReadProgress(files);
  for (const file of files) {
    const { isCut } = await readLog(
      file,
      (chunk) => log.push(chunk),
      (bytes) => read.show(bytes),
    ).finally(() => progress.clear());
    if (isCut) {
      process.stderr.write(`rabbit-snare: ${quote(file)} is cut off: its gzip data ends too early\n`);
      process.exitCode = INCOMPLETE;
    }
    log.end();
    read.next();
  }
  const summary: LogSummary = log.result(top);
  print(json ? oneLineJson(summary) : summaryText(summary, process.stdout.columns ?? WIDTH));
  if (summary.entries === 0) process.exitCode = INCOMPLETE;
}
