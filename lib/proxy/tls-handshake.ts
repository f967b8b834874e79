import { appendHeader } from '../amqp/header-octets.js';
import type { Clock } from '../clock.js';
import type { Close } from '../close.js';
import { readHttpRequest } from '../text/http-request.js';
import { alertFor } from '../tls/alert.js';
import type { CaFiles, CertificateProblem } from '../tls/certificate-problem.js';
import { ClientHelloReader } from '../tls/client-hello.js';
import type { ErlangTls } from '../tls/erlang-tls.js';
import { judge } from '../tls/first-octets.js';
import type { Termination } from '../tls/tls-settings.js';
import { wrongCredentials } from '../tls/wrong-certificates.js';
import { Deadline } from './deadline.js';
import { type EarlyFaults, NO_EARLY_FAULTS } from './faulted/tls-faults.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import { SecuredClient, type TlsHandshakeListener } from './peer/secured-client.js';
import { ServerFlight } from './peer/server-flight.js';
import { takeOver } from './peer/take-over.js';
import type { Dismissed, Terminated } from './terminated.js';
import {
  ABANDONED,
  badFirstOctets,
  clientLeft,
  opensslFailed,
  TIMED_OUT,
  TLS_HANDSHAKE_TIMEOUT,
} from './tls-dismissals.js';
import { TlsMoments, type TlsMomentsOwner } from './tls-moments.js';

const NO_OCTETS = new Uint8Array(0);

/**
 * Runs the TLS handshake with a client as RabbitMQ's TLS listener does: the broker's Erlang decides which alert a client
 * without TLS receives, and how it is closed. A FIN is answered with a FIN, and a handshake that does not complete in time
 * ends with a reset.
 *
 * @param erlang the TLS listener to imitate
 * @param since when the timeout started (`Clock.ticks`). @defaultValue now
 * @param first octets of the client that were read before, if the client is paused
 * @param faults those that act until the handshake is complete. @defaultValue none
 */
export function terminate(
  client: AcceptedPeer,
  termination: Termination,
  erlang: ErlangTls,
  clock: Clock,
  {
    since = clock.ticks(),
    first,
    faults = NO_EARLY_FAULTS,
  }: {
    readonly since?: number;
    readonly first?: readonly Uint8Array[] | undefined;
    readonly faults?: EarlyFaults;
  } = {},
): Promise<Terminated> {
  return new Promise((resolve) => {
    // Rounded up, because a timer must not fire a fraction of a ms early.
    const timeout = Math.ceil(TLS_HANDSHAKE_TIMEOUT - (clock.ticks() - since));
    const deadline = new Deadline(clock, timeout);
    const handshake = new TlsHandshake(client, { termination, erlang, deadline, faults }, resolve);
    handshake.begin();
    takeOver(client, handshake, first?.length ? [Buffer.concat(first)] : first);
  });
}

type HandshakeOptions = {
  readonly termination: Termination;
  readonly erlang: ErlangTls;
  readonly deadline: Deadline;
  readonly faults: EarlyFaults;
};

class TlsHandshake implements PeerListener, TlsMomentsOwner {
  private readonly client: AcceptedPeer;
  private termination: Termination;
  private readonly erlang: ErlangTls;
  private readonly deadline: Deadline;
  private readonly moments: TlsMoments;
  private readonly done: (terminated: Terminated) => void;
  private readonly reader = new ClientHelloReader();
  private header: Uint8Array = NO_OCTETS;
  /** The client's octets until its ClientHello is complete. */
  private first: Uint8Array = NO_OCTETS;
  /** The beginning of the client's last octets. */
  private last: Uint8Array = NO_OCTETS;
  private secured: SecuredClient | undefined;
  private isDone = false;

  constructor(
    client: AcceptedPeer,
    { termination, erlang, deadline, faults }: HandshakeOptions,
    done: (terminated: Terminated) => void,
  ) {
    this.client = client;
    this.termination = termination;
    this.erlang = erlang;
    this.deadline = deadline;
    this.moments = new TlsMoments(client, faults, deadline, this);
    this.done = done;
    deadline.due = () => this.dismiss(TIMED_OUT);
  }

  /** The client was accepted. */
  begin(): void {
    this.moments.reached('accept', () => true);
  }

  octets(octets: Uint8Array): boolean {
    if (this.isDone) return false;
    this.header = appendHeader(this.header, octets);
    this.reader.add(octets);
    return this.moments.isHolding ? this.moments.keep(octets) : this.take(octets);
  }

  take(octets: Uint8Array): boolean {
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
        this.first = NO_OCTETS;
        return this.moments.reached('client-hello', () => {
          this.secured = this.secure();
          return this.secured.receiver.octets(first);
        });
      case 'end':
        this.dismiss(badFirstOctets(result.alert, this.erlang));
        return false;
      default:
        return result satisfies never;
    }
  }

  ended(how: Close): void {
    const { received, sent } = this.client;
    // A close_notify before the end of the handshake is answered with a reset.
    this.dismiss(clientLeft(received > 0, sent === null ? 'rst' : how));
  }

  drained(): void {
    this.secured?.receiver.drained();
  }

  /** The client was reset because the proxy was stopped. */
  closed(): void {
    this.dismiss(ABANDONED);
  }

  private secure(): SecuredClient {
    const { client } = this;
    // TLS writes several times before a reset, and a reset discards what the kernel still holds back.
    client.hurry();
    const secured = new SecuredClient(
      client,
      this.termination,
      this.listener(() => secured),
    );
    client.listener = this;
    return secured;
  }

  private listener(secured: () => SecuredClient): TlsHandshakeListener {
    const flight = this.moments.isDue('server-flight') ? new ServerFlight((...halves) => this.flight(halves)) : null;
    return {
      secured: (protocol, servername) => {
        if (this.isDone) return;
        this.finish();
        this.client.listener = secured().receiver;
        const alpn = this.reader.hello?.alpn ?? [];
        this.done({ client: secured(), hello: { version: versionOf(protocol), servername, alpn } });
      },
      failed: (code, alert) => this.failed(code, alert),
      writes: (octets) => flight?.take(octets) ?? false,
    };
  }

  private flight([first, second]: readonly [Uint8Array, Uint8Array]): void {
    if (this.isDone) return;
    this.client.write(first);
    this.moments.reached('server-flight', () => {
      this.client.write(second);
      return true;
    });
  }

  private failed(code: string, openssl: number | null): void {
    const { erlang, last, termination, reader } = this;
    const { version = null } = reader.hello ?? {};
    const { requestCert } = termination;
    this.dismiss(opensslFailed({ code, version, alert: openssl, requestCert, last }, erlang));
  }

  end(close: Close): void {
    this.endByFault();
    if (close === 'fin') this.client.dismiss(NO_OCTETS, 'fin');
    else this.client.reset();
  }

  alert(number: number): void {
    this.endByFault();
    this.client.dismiss(alertFor(number, this.reader.hello?.version ?? null), this.erlang.close);
  }

  async present(problem: CertificateProblem, ca: CaFiles | null, address: string): Promise<boolean> {
    const { termination } = this;
    const host = this.reader.hello?.servername ?? address;
    const credentials = await wrongCredentials(problem, host, ca, termination.credentials).catch(() => null);
    if (credentials !== null) this.termination = { ...termination, credentials };
    return credentials !== null;
  }

  private endByFault(): void {
    this.finish();
    this.secured?.abandonTls();
    this.done({ client: null, ...this.seen, decision: 'fault' });
  }

  private dismiss(how: Dismissed): void {
    if (this.isDone) return;
    this.finish();
    this.secured?.abandonTls();
    this.done({ client: null, ...this.seen, ...how });
  }

  /** What is known of a client whose handshake is not complete. */
  private get seen() {
    const { servername = null, alpn = [] } = this.reader.hello ?? {};
    return { hello: { version: null, servername, alpn }, header: this.header, request: readHttpRequest(this.first) };
  }

  private finish(): void {
    this.isDone = true;
    this.deadline.stop();
    this.moments.end();
  }
}

/** Node writes `TLSv1.3`. */
function versionOf(protocol: string | null): string | null {
  return protocol?.replace(/^TLSv/, 'TLS ') ?? null;
}
