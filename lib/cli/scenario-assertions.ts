import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from '../client/control.js';
import { ConfigError, RabbitSnareError } from '../errors.js';
import { clientName, clientsOf } from '../report/clients.js';
import { STEADY, untilRecovered } from '../report/recovery.js';
import type { OpenConnection } from '../report/report.js';
import { parseDuration } from '../text/duration.js';
import { didYouMean } from '../text/nearest.js';
import { quote } from '../text/quote.js';
import { ASSERTIONS } from './scenario-syntax.js';
import { UsageError } from './usage-error.js';

/** What `--assert` can say about the clients that were open when a scenario began. */
export type Assertion = { readonly text: string } & (
  | { readonly kind: 'survives' }
  /** `within` in ms */
  | { readonly kind: 'recovers-within'; readonly within: number }
);

/** Whether an assertion holds. */
export type Verdict = {
  /** As given: `recovers-within=10s`. */
  readonly assert: string;
  readonly holds: boolean;
  /** How many clients were open when the scenario began. */
  readonly clients: number;
  /** When all of them were back, in ms after the end of the scenario; null: they were not, or it was not asserted. */
  readonly recoveredMs: number | null;
  /** Why it does not hold: one sentence for each client. */
  readonly problems: readonly string[];
};

const KINDS = ['recovers-within', 'survives'];

/** Reads a value of `--assert`. @throws UsageError */
export function readAssertion(text: string): Assertion {
  const [kind = '', duration, ...rest] = text.split('=');
  if (text === 'survives') return { text, kind: text };
  if (kind !== 'recovers-within' || duration === undefined || rest.length > 0) {
    const hint = KINDS.includes(kind) ? '' : didYouMean(kind, KINDS);
    throw new UsageError(
      `--assert must be ${ASSERTIONS.replace(' | ', ' or ')}, not ${quote(text)}${hint}`,
      'scenario run',
    );
  }
  return { text, kind, within: readFlagDuration('--assert recovers-within', duration) };
}

/** Reads a flag whose value is a duration. @returns ms. @throws UsageError */
export function readFlagDuration(flag: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`${flag} ${error.message}`, 'scenario run');
  }
}

/** Checks assertions about the clients that were open on some proxies. */
export class Assertions {
  private readonly all: readonly Assertion[];
  private readonly control: Control;
  private readonly before: readonly OpenConnection[];

  private constructor(all: readonly Assertion[], control: Control, before: readonly OpenConnection[]) {
    this.all = all;
    this.control = control;
    this.before = before;
  }

  /**
   * Remembers which clients are open now.
   *
   * @param proxies those of the scenario
   * @throws ControlError
   */
  static async begin(all: readonly Assertion[], control: Control, proxies: ReadonlySet<string>): Promise<Assertions> {
    const open = all.length === 0 ? [] : await openConnections(control);
    // A client may come back through another proxy, so all of its connections count.
    const names = new Set(clientsOf(open.filter(({ proxy }) => proxies.has(proxy))).keys());
    return new Assertions(
      all,
      control,
      open.filter((connection) => names.has(clientName(connection))),
    );
  }

  /** Waits for the verdicts, from the end of the scenario on. @throws ControlError */
  async check(): Promise<readonly Verdict[]> {
    if (this.all.length === 0) return [];
    // A connection that is just being closed is still open.
    const ended = sleep(STEADY).then(() => openConnections(this.control));
    return Promise.all(this.all.map((assertion) => this.verdict(assertion, ended)));
  }

  private async verdict(assertion: Assertion, ended: Promise<readonly OpenConnection[]>): Promise<Verdict> {
    const clients = clientsOf(this.before).size;
    const verdict = { assert: assertion.text, holds: false, clients, recoveredMs: null, problems: [] };
    // Otherwise a test whose client did not even start would pass.
    if (clients === 0) return { ...verdict, problems: ['no client was open when the scenario began'] };
    if (assertion.kind === 'survives') {
      const ids = new Set((await ended).map(({ id }) => id));
      const lost = [...clientsOf(this.before.filter(({ id }) => !ids.has(id))).values()];
      const problems = lost.map(
        ({ name, connections: { length } }) =>
          `${name} lost ${length === 1 ? 'its connection' : `${length} connections`}`,
      );
      return { ...verdict, holds: problems.length === 0, problems };
    }
    try {
      const read = () => openConnections(this.control);
      const recoveredMs = await untilRecovered(this.before, read, { timeout: assertion.within });
      return { ...verdict, holds: true, recoveredMs };
    } catch (error) {
      if (!(error instanceof RabbitSnareError) || error.code !== 'ERR_NOT_RECOVERED') throw error;
      return { ...verdict, problems: error.message.split('\n') };
    }
  }
}

/** Returns the lines that say whether an assertion holds. */
export function verdictLines({ assert, holds, clients, recoveredMs, problems }: Verdict): readonly string[] {
  const [all, were] = clients === 1 ? ['the client', 'was'] : [`all ${clients} clients`, 'were'];
  const how = recoveredMs === null ? `${all} kept every connection` : `${all} ${were} back after ${recoveredMs} ms`;
  return holds ? [`${assert}: ${how}`] : [`${assert} does not hold:`, ...problems.map((problem) => `  ${problem}`)];
}

const openConnections = (control: Control): Promise<OpenConnection[]> =>
  control.ask<OpenConnection[]>('GET', '/connections?stage=running');
