import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { ReportsFile } from '../report/reports-file.js';
import { StartError } from '../running/start-error.js';

/**
 * Opens `reports.file`: a file to append to, `-` for standard output, null for none.
 *
 * @param failed called when reports could not be written
 * @throws StartError when the file cannot be opened
 */
export async function openReportsFile(
  file: string | null,
  failed: (problem: string) => void,
): Promise<ReportsFile | undefined> {
  if (file === null) return undefined;
  if (file === '-') return new ReportsFile(process.stdout, failed);
  const sink = createWriteStream(file, { flags: 'a' });
  try {
    await once(sink, 'open');
  } catch (error) {
    throw new StartError(`reports cannot be written to ${file}`, error);
  }
  return new ReportsFile(sink, failed);
}
