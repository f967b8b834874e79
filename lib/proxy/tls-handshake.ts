import { appendHeader } from '../amqp/header-octets.js';
import type { Reason } from '../amqp/reason.js';
import type { Clock, Timer } from '../clock.js';
import type { Close } from '../close.js';
import { type HttpRequest, readHttpRequest } from '../text/http-request.js';
import { alertRecord, type TlsAlert } from '../tls/alert.js';
import { type ClientHello, ClientHelloReader } from '../tls/client-hello.js';
import type { ErlangTls } from '../tls/erlang-tls.js';
import { judge } from '../tls/first-octets.js';
import { erlangFailure } from '../tls/openssl-failure.js';
import type { Termination } from '../tls/tls-settings.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import { SecuredClient } from './peer/secured-client.js';
import { takeOver } from './peer/take-over.js';

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
      /** The beginning of an HTTP request without TLS; null if the client did not send one. */
      readonly request: HttpRequest | null;
      readonly decision: 'refuse' | 'none';
      readonly reason: Reason;
      readonly by: 'client' | 'proxy';
      readonly farewell: Uint8Array;
      readonly close: Close;
    };

/**
 * Runs the TLS handshake with a client as RabbitMQ's TLS listener does: the broker's Erlang decides which alert a client
 * without TLS receives, and how it is closed. A FIN is answered with a FIN, and a handshake that does not complete in time
 * ends with a reset.
 *
 * @param erlang the TLS listener to imitate
 * @param since when the timeout started (`Clock.ticks`). @defaultValue now
 * @param first octets of the client that were read before, if the client is paused
 */
export function terminate(
  client: AcceptedPeer,
  termination: Termination,
  erlang: ErlangTls,
  clock: Clock,
  {
    since = clock.ticks(),
    first,
  }: { readonly since?: number; readonly first?: readonly Uint8Array[] | undefined } = {},
): Promise<Terminated> {
  return new Promise((resolve) => {
    // Rounded up, because a timer must not fire a fraction of a ms early.
    const timeout = Math.ceil(TLS_HANDSHAKE_TIMEOUT - (clock.ticks() - since));
    const handshake = new TlsHandshake(client, termination, erlang, clock, timeout, resolve);
    takeOver(client, handshake, first?.length ? [Buffer.concat(first)] : first);
  });
}

class TlsHandshake implements PeerListener {
  private readonly client: AcceptedPeer;
  private readonly termination: Termination;
  private readonly erlang: ErlangTls;
  private readonly clock: Clock;
  private readonly done: (terminated: Terminated) => void;
  private readonly timer: Timer;
  private readonly reader = new ClientHelloReader();
  private header: Uint8Array = NO_OCTETS;
  /** The client's octets until its ClientHello is complete. */
  private first: Uint8Array = NO_OCTETS;
  /** The beginning of the client's last octets. */
  private last: Uint8Array = NO_OCTETS;
  private secured: SecuredClient | undefined;
  private isDone = false;

  /** @param timeout ms from now */
  constructor(
    client: AcceptedPeer,
    termination: Termination,
    erlang: ErlangTls,
    clock: Clock,
    timeout: number,
    done: (terminated: Terminated) => void,
  ) {
    this.client = client;
    this.termination = termination;
    this.erlang = erlang;
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
    this.header = appendHeader(this.header, octets);
    this.reader.add(octets);
    if (this.secured) {
      this.last = Uint8Array.from(octets.subarray(0, 7));
      return this.secured.receiver.octets(octets);
    }
    const first = Buffer.concat([this.first, octets]);
    this.first = first;
    const result = judge(first, this.erlang);
    switch (result.type) {
      case 'wait':
        return true;
      case 'hello':
        this.secured = this.secure();
        this.first = NO_OCTETS;
        return this.secured.receiver.octets(first);
      case 'end':
        this.refuse(result.alert);
        return false;
      default:
        return result satisfies never;
    }
  }

  /** Ends a handshake for the client's first octets. @param alert null: the client sent a close_notify */
  private refuse(alert: TlsAlert | null): void {
    if (alert === null) {
      this.end('none', { name: 'connection_closed_abruptly', tls: { type: 'closed' } }, 'client', 'rst');
      return;
    }
    const { erlang } = this;
    const name = alert.detail?.startsWith('{unsupported_') ? 'bad_header' : 'handshake_error';
    const reason: Reason = { name, tls: { type: 'alert', alert, code: null } };
    if (alert.by === 'client') this.end('refuse', reason, 'proxy', 'rst');
    else
      this.end(
        'refuse',
        reason,
        'proxy',
        erlang.close,
        erlang.sendsEarlyAlerts ? alertRecord(alert.number) : NO_OCTETS,
      );
  }

  ended(how: Close): void {
    const reason: Reason =
      this.client.received === 0
        ? { name: 'connection_closed_with_no_data_received' }
        : { name: 'connection_closed_abruptly', tls: { type: 'closed' } };
    // A close_notify before the end of the handshake is answered with a reset.
    this.end('none', reason, 'client', this.client.sent === null ? 'rst' : how);
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
      failed: (code, alert) => this.failed(code, alert),
    });
    client.listener = this;
    return secured;
  }

  private failed(code: string, openssl: number | null): void {
    const { erlang, last, termination } = this;
    const { version = null } = this.reader.hello ?? {};
    const { requestCert } = termination;
    const { alert, record } = erlangFailure({ code, version, alert: openssl, requestCert, last }, erlang);
    const close = alert.by === 'client' ? 'rst' : erlang.close;
    const reason: Reason = { name: 'handshake_error', tls: { type: 'alert', alert, code } };
    this.end('refuse', reason, 'proxy', close, record ?? NO_OCTETS);
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
      request: readHttpRequest(this.first),
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
