import { request } from 'node:http';
import { until } from '../support/rabbitmq/until.js';
import { SECRET } from './handshakes.js';
import { Lane } from './lane.js';
import { ALL_LANES, configOf, type LaneKind } from './lanes.js';
import { FuzzedProgram } from './program.js';
import { ReportCheck } from './report-check.js';
import type { Case, Usage, Venue } from './target.js';

/** The largest resident set while 34 malicious connections are open, in bytes. */
const PEAK = 768 * 1024 * 1024;
/** How long connections may last after all sides are gone, in ms. */
const LAST = 40_000;
/** How long a process may take to end after its sockets are closed, in ms. */
const ENDED = 10_000;
const LOG_FORMATS = ['pretty', 'json', 'rabbitmq'] as const;
/** The problem of a case during which the program ended. */
const GONE = 'the program ended';
let opened = 0;

/** A program with one proxy for each lane. */
export class ConnectionVenue implements Venue {
  readonly together = 150;
  private readonly program: FuzzedProgram;
  private readonly lanes: readonly Lane[];
  private readonly control: string;

  /** @param preload modules that the program loads first */
  static async open(preload: readonly string[] = []): Promise<ConnectionVenue> {
    const lanes = await Promise.all(ALL_LANES.map((lane) => Lane.open(lane)));
    const byName = new Map(lanes.map((lane) => [lane.settings.name, lane]));
    const log = LOG_FORMATS[opened++ % LOG_FORMATS.length] as string;
    const text = configOf((settings) => byName.get(settings.name)?.upstreamPort ?? 0, log);
    const program = await FuzzedProgram.start(text, {
      preload,
      reported: (line) => byName.get(/"proxy":"([^"]*)"/.exec(line)?.[1] ?? '')?.reports.push(line),
    });
    const control = program.ready.control as string;
    const venue = new ConnectionVenue(program, lanes, control);
    const check = await ReportCheck.servedAt(control);
    for (const { name, listen } of program.ready.proxies) {
      byName
        .get(name)
        ?.attach(listen, { check, isRunning: () => program.isRunning, ask: (...given) => venue.ask(...given) });
    }
    return venue;
  }

  private constructor(program: FuzzedProgram, lanes: readonly Lane[], control: string) {
    this.program = program;
    this.lanes = lanes;
    this.control = control;
  }

  get isBroken(): boolean {
    return !this.program.isRunning;
  }

  async play(cases: readonly Case[]): Promise<readonly (string | null)[]> {
    const problems: (string | null)[] = cases.map(() => null);
    const waiting = new Map<LaneKind, number[]>();
    cases.forEach(({ setup }, at) => {
      const kind = setup['lane'] as LaneKind;
      waiting.set(kind, [...(waiting.get(kind) ?? []), at]);
    });
    await Promise.all(
      this.lanes.map(async (lane) => {
        const own = waiting.get(lane.settings.kind) ?? [];
        for (let at = own.shift(); at !== undefined && this.program.isRunning; at = own.shift()) {
          try {
            problems[at] = await lane.play(cases[at] as Case);
          } catch (error) {
            // Its connections end before the end of the process is known.
            if (!(await until(() => !this.program.isRunning, ENDED))) throw error;
          }
          if (!this.program.isRunning) problems[at] = GONE;
        }
      }),
    );
    if (this.program.isRunning) return problems;
    const problem = this.program.takeProblem();
    // Those that were in flight are suspects; if there were none, the last one is.
    if (!problems.includes(GONE)) problems.splice(-1, 1, GONE);
    return problems.map((own) => (own === GONE ? problem : own));
  }

  async settle(): Promise<string | null> {
    let left = '';
    const isEmpty = await until(async () => {
      left = await this.read('/connections');
      return left === '[]';
    }, LAST);
    if (!isEmpty) return `connections are left: ${left.slice(0, 2_000)}`;
    const missing = (lane: Lane) => lane.reports.length < lane.due;
    await until(() => !this.lanes.some(missing), LAST);
    for (const { settings, reports, due, possible } of this.lanes) {
      if (reports.length < due || reports.length > due + possible) {
        return `${settings.name} (${settings.kind}): ${reports.length} reports of ${due} connections`;
      }
    }
    if (this.program.peak > PEAK) return `the resident set reached ${Math.round(this.program.peak / 1024 / 1024)} MiB`;
    if (this.program.hasLogged(SECRET)) return 'the password is in the log';
    return this.program.takeProblem();
  }

  usage(): Promise<Usage> {
    return this.program.usage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    for (const lane of this.lanes) lane.close();
  }

  private async ask(method: string, path: string, body?: unknown): Promise<number> {
    const [status] = await this.request(method, path, body);
    return status;
  }

  private async read(path: string): Promise<string> {
    const [, text] = await this.request('GET', path);
    return text;
  }

  /** Without keep-alive: descriptors are counted. */
  private request(method: string, path: string, body?: unknown): Promise<readonly [number, string]> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.control}${path}`,
        { method, agent: false, headers: { 'content-type': 'application/json' } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (piece: string) => {
            text += piece;
          });
          answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
          answer.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
