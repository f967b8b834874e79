import { readFileSync, statSync } from 'node:fs';
import { until } from './until.js';

/** A node's log file, or the part of it after a mark. */
export class RabbitmqLog {
  readonly path: string;
  readonly #from: number;

  /** @param from offset in bytes at which this part begins */
  constructor(path: string, from = 0) {
    this.path = path;
    this.#from = from;
  }

  /** Returns the same log, starting now: `text` and `waitFor` ignore everything before. */
  mark(): RabbitmqLog {
    return new RabbitmqLog(this.path, statSync(this.path).size);
  }

  /** The text logged so far. Other specs share the broker: select your connection by its port. */
  async text(): Promise<string> {
    return readFileSync(this.path).subarray(this.#from).toString();
  }

  /**
   * Waits until the text matches.
   *
   * @param timeout in ms
   * @returns the match of the expression; the whole text for a predicate
   * @throws Error with the end of the log on timeout
   */
  async waitFor(wanted: RegExp | ((text: string) => boolean), timeout = 5000): Promise<string> {
    const match = (text: string) => (wanted instanceof RegExp ? text.match(wanted)?.[0] : wanted(text) && text);
    const found = await until(async () => match(await this.text()), timeout);
    if (found !== undefined) return found;
    const seen = (await this.text()).slice(-3000);
    throw new Error(`RabbitMQ did not log ${wanted} within ${timeout} ms. It logged:\n${seen || '(nothing)'}`);
  }
}
