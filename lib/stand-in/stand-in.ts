import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { HeaderRules } from '../amqp/classifier.js';
import type { Quad } from '../amqp/header.js';
import { STAND_IN_PROPERTIES } from '../amqp/stand-in-start.js';
import type { Clock } from '../clock.js';
import { Deadline } from '../proxy/deadline.js';
import { peek } from '../proxy/peek.js';
import { AcceptedPeer } from '../proxy/peer/accepted-peer.js';
import type { PeerListener } from '../proxy/peer/peer.js';
import { Session } from './session.js';

const IGNORE: PeerListener = { octets: () => true, ended: () => {}, drained: () => {}, closed: () => {} };
const NO_FAREWELL = new Uint8Array(0);
/** The farewell to AMQP 1.0 clients, which the dialect can accept but the stand-in does not support. */
const AMQP_0_9_1 = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

/**
 * The built-in upstream, for first steps and for fast tests: a listener that performs the broker's side of the handshake.
 * Header rules, handshake timeout and closes are those of a broker with the given dialect.
 */
export class StandIn {
  private readonly server: Server;
  private readonly rules: HeaderRules;
  private readonly handshakeTimeout: number;
  private readonly clock: Clock;
  private readonly open = new Set<AcceptedPeer>();

  /** @param handshakeTimeout ms */
  constructor(options: { readonly rules: HeaderRules; readonly handshakeTimeout: number; readonly clock: Clock }) {
    this.rules = options.rules;
    this.handshakeTimeout = options.handshakeTimeout;
    this.clock = options.clock;
    this.server = createServer({ allowHalfOpen: true, highWaterMark: 1 }, (socket) => {
      void this.serve(socket);
    });
  }

  /** Opens the listener on a free port of the loopback address. */
  async listen(): Promise<{ readonly host: string; readonly port: number }> {
    this.server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 });
    await once(this.server, 'listening');
    // For example, no file descriptors are left: the client notices, and nothing else needs to know.
    this.server.on('error', () => {});
    const { address: host, port } = this.server.address() as AddressInfo;
    return { host, port };
  }

  /** Closes the listener and resets all open connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const peer of this.open) peer.reset();
    await closed;
  }

  private async serve(socket: Socket): Promise<void> {
    const deadline = new Deadline(this.clock, this.handshakeTimeout);
    const peer = new AcceptedPeer(socket, IGNORE);
    this.open.add(peer);
    socket.once('close', () => this.open.delete(peer));
    const { verdict, octets } = await peek(peer, this.rules, deadline, () => {});
    if (verdict.type !== 'forward' || peer.closed) deadline.stop();
    if (peer.closed) return;
    peer.listener = IGNORE;
    if (verdict.type === 'forward') this.talk(peer, verdict.quad, octets, deadline);
    else {
      peer.dismiss(verdict.type === 'refuse' ? verdict.farewell : NO_FAREWELL, 'rst');
    }
  }

  private talk(peer: AcceptedPeer, quad: Quad, octets: readonly Uint8Array[], deadline: Deadline): void {
    if (quad[1] === 1 && quad[2] === 0 && quad[3] === 0) {
      deadline.stop();
      peer.dismiss(AMQP_0_9_1, 'rst');
      return;
    }
    peer.hurry();
    const session = new Session(STAND_IN_PROPERTIES);
    deadline.due = () => {
      if (!session.isOpen) peer.reset();
    };
    peer.listener = {
      octets: (received) => {
        const answer = session.read(received);
        const flows = answer.octets.every((answered) => peer.write(answered));
        if (answer.isOver) peer.reset();
        return flows;
      },
      ended: () => peer.reset(),
      drained: () => peer.resume(),
      closed: () => deadline.stop(),
    };
    peer.write(session.greet(quad));
    const rest = afterHeader(octets);
    if (rest.length > 0) peer.listener.octets(rest);
    if (peer.sent === 'fin') peer.reset();
    peer.resume();
  }
}

/** The octets after the 8 octets of the protocol header. */
function afterHeader(octets: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(octets).subarray(8);
}
