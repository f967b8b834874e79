import type { Clock } from '../clock.js';
import { FileSink } from '../output/file-sink.js';
import { LineOutput, type OutputListener } from '../output/line-output.js';
import { codeOf } from '../output/sink.js';
import { StreamSink } from '../output/stream-sink.js';
import type { Log } from '../report/log.js';
import { ReportsFile } from '../report/reports-file.js';
import { StartError } from '../running/start-error.js';

/** How long reports are collected before they are written together, in ms. The promise is 100 ms from the end of the connection. */
const GATHER = 20;

/**
 * Opens `reports.file`: a file or FIFO to append to, `-` for standard output, null for none. Later problems are logged.
 *
 * @throws StartError when the file cannot be opened
 */
export async function openReportsFile(
  file: string | null,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<ReportsFile | undefined> {
  if (file === null) return undefined;
  const toFile = (name: string, sink: FileSink | StreamSink) =>
    new ReportsFile(new LineOutput(sink, { clock, gather: GATHER, listener: listenerOf(log, name) }));
  if (file === '-') return toFile('standard output', new StreamSink(process.stdout));
  const sink = new FileSink(file);
  try {
    await sink.open();
  } catch (error) {
    if (codeOf(error) !== 'ENXIO') throw new StartError(`reports cannot be written to ${file}`, error);
    log.say('warning', `nothing reads ${file}: reports wait for a reader`);
  }
  return toFile(file, sink);
}

function listenerOf(log: Log, name: string): OutputListener {
  return {
    failed: (code) => log.say('error', `reports cannot be written to ${name} (${code}); trying again`),
    dropping: () => log.say('error', `reports are being dropped: too many wait to be written to ${name}`),
    recovered: (lost) => {
      const about = lost === 0 ? '' : `; ${lost} ${lost === 1 ? 'report was' : 'reports were'} lost`;
      log.say(lost === 0 ? 'info' : 'warning', `reports are written to ${name} again${about}`);
    },
  };
}
