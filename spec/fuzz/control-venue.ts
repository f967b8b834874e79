import { request as send } from 'node:http';
import { connect } from 'node:net';
import { Random } from '../conformance/random.js';
import { Description } from '../support/description.js';
import type { How, Request } from './control-case.js';
import { mutate } from './octets.js';
import { FuzzedProgram } from './program.js';
import { happened } from './side.js';
import type { Case, Usage, Venue } from './target.js';

const PORTS = { listen: '127.0.0.1:0', upstream: 'stand-in' };
const CONFIG = JSON.stringify({
  proxies: [
    { name: 'one', ...PORTS },
    { name: 'two', ...PORTS, mode: 'observe' },
  ],
  control: '127.0.0.1:0',
  reports: { history: 100 },
});
/** How many cases are played at the same time. */
const PARALLEL = 8;
/** Requests that may stay open, and how long they are given, in ms. */
const STAYS = /^\/(events|reports)/;
const [STREAMING, ANSWER] = [150, 30_000] as const;
/** How long raw requests are given, in ms: a server may wait for the rest of a request. */
const RAW = 300;
/** The largest resident set, in bytes. */
const PEAK = 512 * 1024 * 1024;

/** The problem of a case during which the program ended. */
const GONE = 'the program ended';

/** A program with a control API. */
export class ControlVenue implements Venue {
  readonly together = 80;
  private readonly program: FuzzedProgram;
  private readonly url: URL;
  private readonly description: Description;

  static async open(preload: readonly string[] = []): Promise<ControlVenue> {
    const program = await FuzzedProgram.start(CONFIG, { preload });
    const url = program.ready.control as string;
    return new ControlVenue(program, new URL(url), await Description.servedAt(url, { connection: 'close' }));
  }

  private constructor(program: FuzzedProgram, url: URL, description: Description) {
    this.program = program;
    this.url = url;
    this.description = description;
  }

  get isBroken(): boolean {
    return !this.program.isRunning;
  }

  async play(cases: readonly Case[]): Promise<readonly (string | null)[]> {
    const problems: (string | null)[] = cases.map(() => null);
    const waiting = cases.entries();
    const one = async () => {
      for (const [at, given] of waiting) {
        if (!this.program.isRunning) return;
        problems[at] = await this.playOne(given);
        if (!this.program.isRunning) problems[at] = GONE;
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, one));
    const ended = this.program.isRunning ? null : this.program.takeProblem();
    return ended === null ? problems : problems.map((own) => (own === GONE ? ended : own));
  }

  async settle(): Promise<string | null> {
    // What the cases made would otherwise grow without an end, as they asked for it.
    for (const [method, path, body] of [
      ['POST', '/reset', null],
      ['DELETE', '/proxies/fuzz-0', null],
      ['DELETE', '/proxies/x', null],
      [
        'POST',
        '/populate',
        JSON.stringify(['one', 'two'].map((name) => ({ name, listen: '127.0.0.1:0', upstream: '127.0.0.1:1' }))),
      ],
    ] as const) {
      await this.exchange({ method, path, headers: [], body }, ANSWER);
    }
    if (this.program.peak > PEAK) return `the resident set reached ${Math.round(this.program.peak / 1024 / 1024)} MiB`;
    return this.program.takeProblem();
  }

  usage(): Promise<Usage> {
    return this.program.usage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }

  private async playOne({ setup, parts }: Case): Promise<string | null> {
    const requests = parts as unknown as readonly Request[];
    if ((setup['how'] as How) !== 'each')
      return await this.raw(requests, setup['how'] as How, new Random(setup['seed'] as number));
    for (const request of requests) {
      const problem = await this.one(request);
      if (problem !== null) return `${request.method} ${request.path}: ${problem}`;
    }
    return null;
  }

  /** Sends a valid HTTP request, and compares the answer with the description. */
  private async one(request: Request): Promise<string | null> {
    const stays = STAYS.test(request.path);
    const answer = await this.exchange(request, stays ? STREAMING : ANSWER);
    if (answer === 'invalid') return null;
    if (answer === null) return stays || !this.program.isRunning ? null : `no answer within ${ANSWER} ms`;
    const { status, contentType, text } = answer;
    if (status === 500 && !isOfSystem(text)) return `status 500: ${text}`;
    if (contentType?.startsWith('application/json')) {
      try {
        if (text !== '' || request.method !== 'HEAD') JSON.parse(text);
      } catch {
        return `the answer is not JSON: ${text.slice(0, 500)}`;
      }
    }
    if (
      request.method === 'HEAD' ||
      status === 301 ||
      status === 403 ||
      (status === 404 && text.startsWith('404 page'))
    )
      return null;
    // Toxiproxy's metrics answer every method.
    if (request.path.startsWith('/metrics')) return null;
    const problem = this.description.problem(request.method, request.path, answer);
    return problem === null ? null : `${problem}: ${text.slice(0, 500)}`;
  }

  /** Returns null if there is no answer in time, or the connection was closed; `invalid` if Node.js refuses to send it. */
  private exchange(
    { method, path, headers, body }: Request,
    ms: number,
  ): Promise<
    { readonly status: number; readonly contentType: string | null; readonly text: string } | null | 'invalid'
  > {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const done = (result: Awaited<ReturnType<ControlVenue['exchange']>>) => {
        clearTimeout(timer);
        resolve(result);
      };
      try {
        const sent = send(
          {
            host: this.url.hostname,
            port: this.url.port,
            method,
            path,
            agent: false,
            headers: Object.fromEntries(headers),
          },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (piece: string) => {
              text += piece;
            });
            answer.on('end', () =>
              done({ status: answer.statusCode ?? 0, contentType: answer.headers['content-type'] ?? null, text }),
            );
            answer.on('error', () => done(null));
          },
        );
        sent.on('error', () => done(null));
        sent.end(body ?? undefined);
        timer = setTimeout(() => {
          sent.destroy();
          done(null);
        }, ms);
      } catch {
        done('invalid');
      }
    });
  }

  /** Sends the text of requests in unusual ways. What comes back must be answers, and a 500 only from the operating system. */
  private async raw(requests: readonly Request[], how: How, random: Random): Promise<string | null> {
    let octets: Uint8Array = Buffer.from(requests.map((request) => textOf(request, this.url.host)).join(''));
    if (how === 'cut') octets = octets.subarray(0, random.between(0, octets.length - 1));
    if (how === 'garbage') octets = mutate(random, octets);
    const socket = connect({ host: this.url.hostname, port: Number(this.url.port) });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    if (await happened(socket, 'connect', ANSWER)) {
      if (how === 'slow') {
        for (let at = 0; at < octets.length && !socket.destroyed && at < 40; at++) {
          socket.write(at === 39 ? octets.subarray(at) : octets.subarray(at, at + 1));
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      } else socket.write(octets);
      await happened(socket, 'close', how === 'pipelined' ? RAW : RAW / 3);
      if (random.chance(0.5)) socket.resetAndDestroy();
    }
    socket.destroy();
    const text = Buffer.concat(chunks).toString('latin1');
    if (text !== '' && !/^HTTP\/1\.1 \d{3} /.test(text)) return `the answer is not HTTP: ${text.slice(0, 300)}`;
    const failed = /HTTP\/1\.1 500 .{0,600}/s.exec(text)?.[0];
    return failed === undefined || isOfSystem(failed) ? null : `an answer is a 500: ${failed}`;
  }
}

/** Whether a 500 is the answer of the operating system: a port that is taken, or a host that is not found, as in Toxiproxy. */
const isOfSystem = (answer: string): boolean =>
  answer.includes('listen tcp') || /\blookup .*: no such host/.test(answer);

function textOf({ method, path, headers, body }: Request, host: string): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (body !== null) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
