import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as secure } from 'node:tls';
import { decodeHeader } from '../../lib/proxy-protocol/decode.js';
import type { Report } from '../../lib/report/report.js';
import { until } from '../support/rabbitmq/until.js';
import type { Part } from './connection-case.js';
import { SECRET } from './handshakes.js';
import type { LaneSettings } from './lanes.js';
import type { ReportCheck } from './report-check.js';
import { happened, Side, type Step } from './side.js';
import type { Case } from './target.js';

/** How long a connect may take, also where a fault lets it hang, and a TLS handshake, in ms. They are abandoned after that. */
const [CONNECT, HANGING, SECURED] = [20_000, 300, 1_500] as const;
/** How long a connection may last after both sides are gone, in ms: far longer than it should, for a busy machine. */
const LAST = 40_000;
/** How long a side may play, in ms. */
const PLAY = 10_000;

/** What a lane needs of its program. */
export interface Surroundings {
  readonly check: ReportCheck;
  readonly isRunning: () => boolean;
  /** Sends a request to the control API. @returns the status */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<number>;
}

/** One proxy with its upstream, which plays one connection at a time. */
export class Lane {
  readonly settings: LaneSettings;
  readonly reports: string[] = [];
  /** Connections that must have a report, and those that may have one. */
  due = 0;
  possible = 0;
  private readonly server: Server;
  private dialed: ((socket: Socket) => void) | undefined;
  private target = 0;
  /** The ports of connections that came between cases. */
  private readonly refused = new Set<number>();
  private around: Surroundings | undefined;

  private constructor(settings: LaneSettings, server: Server) {
    this.settings = settings;
    this.server = server;
  }

  static async open(settings: LaneSettings): Promise<Lane> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const lane = new Lane(settings, server);
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      if (lane.dialed === undefined) lane.refuse(socket);
      else lane.dialed(socket);
    });
    return lane;
  }

  /** The port of its upstream; one that nobody listens on if it must be unreachable. */
  get upstreamPort(): number {
    return this.settings.kind === 'unreachable' ? 1 : (this.server.address() as { port: number }).port;
  }

  /** @param listen the address of its proxy */
  attach(listen: string, around: Surroundings): void {
    this.target = Number(listen.slice(listen.lastIndexOf(':') + 1));
    this.around = around;
  }

  close(): void {
    this.server.close();
  }

  /** Plays a case. @returns its problem, null if it has none */
  async play({ setup, parts }: Case): Promise<string | null> {
    const { ask, isRunning } = this.around as Surroundings;
    const faults = setup['faults'] as readonly { readonly name: string; readonly type: string }[];
    const accepted: string[] = [];
    for (const fault of faults) {
      const status = await ask('POST', '/faults', { ...fault, proxy: this.settings.name });
      if (status === 201) accepted.push(fault.name);
      else if (status !== 400) return `POST /faults answered ${status}`;
    }
    const isListening = !faults.some(({ type }) => type === 'connect_refuse' || type === 'connect_hang');
    const before = this.reports.length;
    let upstream: Side | undefined;
    let upstreamPlays: Promise<void> | undefined;
    this.dialed = (socket) => {
      this.dialed = undefined;
      upstream = new Side(socket, socket, this.sendsProxyHeader);
      upstreamPlays = upstream.play(stepsOf(parts, 'upstream'));
    };
    const client = await this.connect(setup['secure'] === true, isListening ? CONNECT : HANGING);
    if (client === null) this.possible += 1;
    else if (isListening) this.due += 1;
    else this.possible += 1;
    if (client !== null) {
      await limited(client.play(stepsOf(parts, 'client')), PLAY);
      await limited(Promise.race([client.closed, upstreamPlays ?? client.closed]), setup['linger'] as number);
      client.leave(setup['leave'] as 'fin' | 'rst');
    }
    if (upstreamPlays !== undefined) await limited(upstreamPlays, client === null ? 0 : PLAY);
    this.dialed = undefined;
    (upstream as Side | undefined)?.leave(setup['leave'] === 'fin' ? 'rst' : 'fin');
    for (const name of accepted) await ask('DELETE', `/faults/${encodeURIComponent(`${this.settings.name}/${name}`)}`);
    if (client === null) return null;
    const own = () => this.reports.slice(before).find((line) => isOf(line, client.port));
    const isDone = () => !isRunning() || own() !== undefined;
    if (isListening && !(await until(isDone, LAST))) return `no report ${LAST} ms after both sides were gone`;
    const line = own();
    await this.drain();
    if (!isRunning() || line === undefined) return null;
    return this.judge(line, client, upstream, accepted.length > 0);
  }

  /** Accepts all connections that the proxy has dialed: one that comes late would be taken for that of the next case. */
  private async drain(): Promise<void> {
    const { port } = this.server.address() as { port: number };
    const last = connect({ host: '127.0.0.1', port });
    last.on('error', () => {});
    // Connections are accepted in the order in which they were made.
    if (await happened(last, 'connect', CONNECT)) {
      const own = last.localPort ?? 0;
      await until(() => this.refused.has(own), CONNECT);
    }
    last.destroy();
    this.refused.clear();
  }

  private refuse(socket: Socket): void {
    this.refused.add(socket.remotePort ?? 0);
    socket.destroy();
  }

  private get sendsProxyHeader(): boolean {
    return this.settings.kind.includes('sent');
  }

  private async connect(isSecure: boolean, patience: number): Promise<Side | null> {
    const raw = connect({ host: '127.0.0.1', port: this.target, allowHalfOpen: true, noDelay: true });
    raw.on('error', () => {});
    if (!(await happened(raw, 'connect', patience))) {
      raw.destroy();
      return null;
    }
    if (!isSecure) return new Side(raw);
    const socket = secure({ socket: raw, rejectUnauthorized: false });
    const side = new Side(socket, raw);
    await happened(socket, 'secureConnect', SECURED);
    return side;
  }

  private judge(line: string, client: Side, upstream: Side | undefined, isFaulted: boolean): string | null {
    const report = JSON.parse(line) as Report;
    const problem = (this.around as Surroundings).check.problem(report);
    if (problem !== null) return `${problem}\n${line}`;
    if (line.includes(SECRET)) return `the password is in the report: ${line}`;
    // What the proxy encrypts cannot be compared.
    if (isFaulted || upstream === undefined || this.settings.kind === 'upstream TLS') return null;
    const skipped =
      this.settings.kind.includes('PROXY accepted') ||
      this.settings.kind.includes('required') ||
      this.settings.kind.includes('v2 sent')
        ? proxyHeaderLength(client)
        : 0;
    if (!client.isBeginningOfSent(upstream, skipped))
      return `the upstream received octets that the client did not send\n${line}`;
    if (report.decision === 'forward' && !upstream.isBeginningOfSent(client)) {
      return `the client received octets that the upstream did not send\n${line}`;
    }
    const { ended } = report;
    // What a side sent before it left, which looks like a FIN inside TLS, does not have to arrive.
    const isWhole = (sent: string | null, passed: string | null, from: Side, to: Side) =>
      sent === 'fin' && passed === 'fin' && to.hasEnded && !to.hasLeft && !from.hasLeft;
    if (
      ended.by === 'client' &&
      isWhole(ended.clientSent, ended.upstreamSaw, client, upstream) &&
      upstream.received !== client.sentLength - skipped
    ) {
      return `the upstream received ${upstream.received} of ${client.sentLength - skipped} octets before the FIN\n${line}`;
    }
    if (
      ended.by === 'upstream' &&
      isWhole(ended.upstreamSent, ended.clientSaw, upstream, client) &&
      client.received !== upstream.sentLength
    ) {
      return `the client received ${client.received} of ${upstream.sentLength} octets before the FIN\n${line}`;
    }
    return null;
  }
}

/** Whether a report is about the connection from this local port. A client that reset before it was accepted has no address. */
function isOf(line: string, port: number): boolean {
  const { client, via } = JSON.parse(line) as Report;
  return client === null || client.endsWith(`:${port}`) || (via?.endsWith(`:${port}`) ?? false);
}

function stepsOf(parts: Case['parts'], side: Part['side']): readonly Step[] {
  return (parts as unknown as readonly Part[]).filter((part) => part.side === side);
}

/** The length of the PROXY header that a client sent; 0 if it sent none. */
function proxyHeaderLength(client: Side): number {
  const decoded = decodeHeader(client.sentHead(107));
  return decoded.type === 'header' ? decoded.length : 0;
}

async function limited(event: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    event,
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
