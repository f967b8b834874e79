import { writeFileSync } from 'node:fs';
import { loadConfig } from '../../lib/config/load.js';
import { ConfigError } from '../../lib/errors.js';
import { until } from '../support/rabbitmq/until.js';
import { textOf } from './documents.js';
import { FuzzedProgram } from './program.js';
import type { Case, Usage, Venue } from './target.js';

const SAFE = { listen: '127.0.0.1:0', upstream: 'stand-in' };
/** The log must say what became of a reload. */
const CONFIG = JSON.stringify({ ...SAFE, control: 'off', log: { level: 'info', format: 'pretty' } });
/** How long a reload may take, in ms. */
const RELOADED = 40_000;
const OUTCOME = /the config was (not )?reloaded/;

/** A program that reloads its config file again and again. */
export class ReloadVenue implements Venue {
  readonly together = 10;
  private readonly program: FuzzedProgram;
  private readonly outcomes: { readonly count: number };

  static async open(): Promise<ReloadVenue> {
    const outcomes = { count: 0 };
    const logged = (line: string) => {
      if (OUTCOME.test(line)) outcomes.count += 1;
    };
    return new ReloadVenue(await FuzzedProgram.start(CONFIG, { logged }), outcomes);
  }

  private constructor(program: FuzzedProgram, outcomes: { readonly count: number }) {
    this.program = program;
    this.outcomes = outcomes;
  }

  get isBroken(): boolean {
    return !this.program.isRunning;
  }

  async play(cases: readonly Case[]): Promise<readonly (string | null)[]> {
    const problems: (string | null)[] = [];
    for (const given of cases) problems.push(this.program.isRunning ? await this.reload(given) : null);
    return problems;
  }

  async settle(): Promise<string | null> {
    return this.program.takeProblem();
  }

  usage(): Promise<Usage> {
    return this.program.usage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }

  private async reload(given: Case): Promise<string | null> {
    const text = textOf(given).replaceAll(/^(\s*(?:- )?\{?\s*(?:listen|control)\s*:).*$/gm, '$1 127.0.0.1:0');
    if (!isSafe(text)) return null;
    const before = this.outcomes.count;
    writeFileSync(this.program.configFile, text);
    this.program.signal('SIGHUP');
    const done = await until(() => !this.program.isRunning || this.outcomes.count > before, RELOADED);
    if (!this.program.isRunning) return this.program.takeProblem();
    return done === undefined ? `the log says nothing about a reload within ${RELOADED} ms` : null;
  }
}

/** Whether a config opens nothing but free ports of the loopback interface, or is refused. */
function isSafe(text: string): boolean {
  try {
    const { proxies, control, log } = loadConfig({
      argv: { config: 'config.yaml' },
      env: {},
      readFile: () => text,
    }).config;
    const addresses = [...proxies.map(({ listen }) => listen), ...(control === null ? [] : [control.listen])];
    return log.level === 'info' && addresses.every(({ host, port }) => host === '127.0.0.1' && port === 0);
  } catch (error) {
    // Any other error is what the program must not show.
    return error instanceof ConfigError || true;
  }
}
