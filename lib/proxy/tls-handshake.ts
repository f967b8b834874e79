import { appendHeader } from '../amqp/header-octets.js';
import type { Reason } from '../amqp/reason.js';
import type { Clock, Timer } from '../clock.js';
import type { Close } from '../close.js';
import { type ClientHello, ClientHelloReader } from '../tls/client-hello.js';
import { ENOUGH, noTls } from '../tls/first-octets.js';
import type { Termination } from '../tls/tls-settings.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import { SecuredClient } from './peer/secured-client.js';

/** Timeout for a client's TLS handshake, in ms: RabbitMQ's `ssl_handshake_timeout`. */
export const TLS_HANDSHAKE_TIMEOUT = 5_000;

const NO_OCTETS = new Uint8Array(0);

/** The result of the TLS handshake with a client. */
export type Terminated =
  | {
      readonly client: SecuredClient;
      /** What the client asked for, and the negotiated version. */
      readonly hello: ClientHello;
    }
  | {
      readonly client: null;
      /** What the client asked for. No version was negotiated. */
      readonly hello: ClientHello;
      /** The client's first octets, up to 8, as they arrived. */
      readonly header: Uint8Array;
      readonly decision: 'refuse' | 'none';
      readonly reason: Reason;
      readonly by: 'client' | 'proxy';
      readonly farewell: Uint8Array;
      readonly close: Close;
    };

/**
 * Runs the TLS handshake with a client as RabbitMQ's TLS listener does: a client without TLS receives an alert and a reset, a
 * FIN is answered with a FIN, and a handshake that does not complete in time ends with a reset.
 *
 * @param since when the timeout started (`Clock.ticks`). @defaultValue now
 * @param first octets of the client that were read before, if the client is paused
 */
export function terminate(
  client: AcceptedPeer,
  termination: Termination,
  clock: Clock,
  {
    since = clock.ticks(),
    first,
  }: { readonly since?: number; readonly first?: readonly Uint8Array[] | undefined } = {},
): Promise<Terminated> {
  return new Promise((resolve) => {
    // Rounded up, because a timer must not fire a fraction of a ms early.
    const timeout = Math.ceil(TLS_HANDSHAKE_TIMEOUT - (clock.ticks() - since));
    const handshake = new TlsHandshake(client, termination, clock, timeout, resolve);
    client.listener = handshake;
    if (first === undefined) return;
    if (first.length > 0 && !handshake.octets(Buffer.concat(first))) return;
    // What happened before this listener was set is not reported again.
    if (client.sent === null) client.resume();
    else handshake.ended(client.sent);
  });
}

class TlsHandshake implements PeerListener {
  private readonly client: AcceptedPeer;
  private readonly termination: Termination;
  private readonly clock: Clock;
  private readonly done: (terminated: Terminated) => void;
  private readonly timer: Timer;
  private readonly reader = new ClientHelloReader();
  private header: Uint8Array = NO_OCTETS;
  private secured: SecuredClient | undefined;
  private isDone = false;

  /** @param timeout ms from now */
  constructor(
    client: AcceptedPeer,
    termination: Termination,
    clock: Clock,
    timeout: number,
    done: (terminated: Terminated) => void,
  ) {
    this.client = client;
    this.termination = termination;
    this.clock = clock;
    this.done = done;
    this.timer = clock.start(() => {
      this.end(
        'refuse',
        { name: 'handshake_timeout', tls: { type: 'timeout', timeout: TLS_HANDSHAKE_TIMEOUT } },
        'proxy',
        'rst',
      );
    }, timeout);
  }

  octets(octets: Uint8Array): boolean {
    if (this.isDone) return false;
    const before = this.header;
    this.header = appendHeader(before, octets);
    this.reader.add(octets);
    if (this.secured) return this.secured.receiver.octets(octets);
    const refused = noTls(this.header);
    if (refused) {
      const reason: Reason = { name: 'bad_header', tls: { type: 'no_tls', term: refused.term } };
      this.end('refuse', reason, 'proxy', 'rst', refused.alert);
      return false;
    }
    if (this.header.length < ENOUGH) return true;
    this.secured = this.secure();
    return this.secured.receiver.octets(before.length === 0 ? octets : Buffer.concat([before, octets]));
  }

  ended(how: Close): void {
    const reason: Reason =
      this.client.received === 0
        ? { name: 'connection_closed_with_no_data_received' }
        : { name: 'connection_closed_abruptly', tls: { type: 'closed' } };
    this.end('none', reason, 'client', how);
  }

  drained(): void {
    this.secured?.receiver.drained();
  }

  /** The client was reset because the proxy was stopped. */
  closed(): void {
    this.end('none', { name: 'connection_closed_abruptly', tls: { type: 'closed' } }, 'client', 'rst');
  }

  private secure(): SecuredClient {
    const { client } = this;
    // TLS writes several times before a reset, and a reset discards what the kernel still holds back.
    client.hurry();
    const secured = new SecuredClient(client, this.termination, {
      secured: (protocol, servername) => {
        if (this.isDone) return;
        this.finish();
        client.listener = secured.receiver;
        const alpn = this.reader.hello?.alpn ?? [];
        this.done({ client: secured, hello: { version: versionOf(protocol), servername, alpn } });
      },
      failed: (code) => this.end('refuse', { name: 'handshake_error', tls: { type: 'failed', code } }, 'proxy', 'rst'),
    });
    client.listener = this;
    return secured;
  }

  private end(
    decision: 'refuse' | 'none',
    reason: Reason,
    by: 'client' | 'proxy',
    close: Close,
    farewell: Uint8Array = NO_OCTETS,
  ): void {
    if (this.isDone) return;
    this.finish();
    this.secured?.abandonTls();
    const { header } = this;
    const { servername = null, alpn = [] } = this.reader.hello ?? {};
    this.done({
      client: null,
      hello: { version: null, servername, alpn },
      header,
      decision,
      reason,
      by,
      farewell,
      close,
    });
  }

  private finish(): void {
    this.isDone = true;
    this.clock.stop(this.timer);
  }
}

/** Node writes `TLSv1.3`. */
function versionOf(protocol: string | null): string | null {
  return protocol?.replace(/^TLSv/, 'TLS ') ?? null;
}
