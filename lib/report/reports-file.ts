import type { LineOutput, OutputState } from '../output/line-output.js';

/** Appends each report to a file or standard output as a line of JSON. */
export class ReportsFile {
  private readonly output: LineOutput;

  constructor(output: LineOutput) {
    this.output = output;
  }

  get state(): OutputState {
    return this.output.state;
  }

  /** @param line the report as `reportLine` returns it */
  add(line: string): void {
    this.output.add(line);
  }

  /** Opens the file again, for example after it was rotated. */
  reopen(): void {
    this.output.reopen();
  }

  /** Writes what is buffered, for a limited time. Standard output stays open. */
  close(): Promise<void> {
    return this.output.close();
  }
}
