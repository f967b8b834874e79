import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from '../../client/control.js';
import { RabbitSnareError } from '../../errors.js';
import { isColored } from '../../output/color.js';
import { terminalSize } from '../terminal-size.js';
import { SORTS, type Sort } from './blocks.js';
import { Screen } from './screen.js';
import { type Snapshot, Snapshots } from './snapshot.js';
import { topLines } from './view.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
const [CTRL_C, CTRL_D, CTRL_Z, ESCAPE] = ['\u0003', '\u0004', '\u001a', '\u001b'] as const;

/** The view that `top` draws again and again in a terminal, until a key, a signal, or the end of the terminal. */
export class LiveTop {
  private readonly snapshots: Snapshots;
  private readonly url: string;
  private readonly interval: number;
  private readonly screen = new Screen(process.stdout, process.stdin);
  private readonly quitting = new AbortController();
  private snapshot: Snapshot | null = null;
  private problem: string | null = null;
  private sort: Sort = 'log';
  private isPaused = false;

  /** @param interval between two requests, in ms */
  constructor(control: Control, interval: number) {
    this.snapshots = new Snapshots(control);
    this.url = control.url;
    this.interval = interval;
  }

  /** Resolves when the user quits. @throws ControlError if the instance does not answer at first */
  async run(): Promise<void> {
    const { signal } = this.quitting;
    for (const each of SIGNALS) process.once(each, this.quit);
    // The terminal is gone.
    process.stdout.on('error', this.quit);
    try {
      await this.ask();
      if (this.problem !== null || signal.aborted) return;
      this.listen();
      this.screen.open();
      while (!signal.aborted) {
        this.draw();
        await sleep(this.interval, undefined, { signal }).catch(() => {});
        if (!this.isPaused && !signal.aborted) await this.ask();
      }
    } finally {
      this.screen.close();
      process.stdin.pause();
    }
  }

  private async ask(): Promise<void> {
    const { signal } = this.quitting;
    try {
      this.snapshot = await this.snapshots.next(signal);
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      if (this.snapshot === null || !(error instanceof RabbitSnareError)) throw error;
      this.problem = `${error.message}.`;
    }
  }

  private readonly quit = (): void => this.quitting.abort();

  private listen(): void {
    process.stdout.on('resize', this.draw);
    if (!process.stdin.isTTY) return;
    process.stdin.setEncoding('utf8').on('data', this.press).on('end', this.quit).on('error', this.quit);
  }

  private readonly press = (keys: string | Buffer): void => {
    const text = String(keys);
    // Arrows and other keys that send a sequence.
    if (text.startsWith(ESCAPE)) return;
    for (const key of text) this.pressKey(key);
    this.draw();
  };

  private pressKey(key: string): void {
    if (['q', 'Q', CTRL_C, CTRL_D].includes(key)) this.quit();
    if (key === 'p') this.isPaused = !this.isPaused;
    if (key === 's') this.sort = next(Object.keys(SORTS) as Sort[], this.sort);
    if (key === CTRL_Z) this.screen.suspend();
  }

  private readonly draw = (): void => {
    if (this.snapshot === null || this.quitting.signal.aborted) return;
    const { sort, isPaused, problem, url } = this;
    const size = terminalSize(process.stdout);
    const color = isColored(process.stdout);
    this.screen.draw(topLines(this.snapshot, { url, sort, isPaused, problem, size, color }));
  };
}

const next = <Each>(all: readonly Each[], current: Each): Each => all[(all.indexOf(current) + 1) % all.length] as Each;
