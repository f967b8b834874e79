/** Escape sequences of all terminals that show a full screen today: xterm's. */
const [ENTER, LEAVE] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'] as const;
const [HOME, CLEAR_LINE, CLEAR_BELOW] = ['\u001b[H', '\u001b[K', '\u001b[J'] as const;

/**
 * The alternate screen of a terminal, without cursor and without line wrap, and its keyboard. `close` restores the terminal;
 * so does the end of the process, also because of an error.
 */
export class Screen {
  private readonly output: NodeJS.WriteStream;
  private readonly input: NodeJS.ReadStream;
  private isOpen = false;

  constructor(output: NodeJS.WriteStream, input: NodeJS.ReadStream) {
    this.output = output;
    this.input = input;
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    process.on('exit', this.close);
    // Otherwise the error would be printed on the alternate screen.
    process.on('uncaughtExceptionMonitor', this.close);
    if (this.input.isTTY) this.input.setRawMode(true);
    this.output.write(ENTER);
  }

  draw(lines: readonly string[]): void {
    if (this.isOpen) this.output.write(HOME + lines.map((line) => line + CLEAR_LINE).join('\r\n') + CLEAR_BELOW);
  }

  readonly close = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off('exit', this.close);
    process.off('uncaughtExceptionMonitor', this.close);
    this.output.write(LEAVE);
    try {
      if (this.input.isTTY) this.input.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
  };

  /** Gives the terminal back while the program is stopped, as Ctrl-Z does outside of raw mode. */
  suspend(): void {
    this.close();
    process.kill(0, 'SIGTSTP');
    this.open();
  }
}
