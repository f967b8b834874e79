import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { client } from '../bytes.js';
import { HEADER } from '../relayed.js';
import type { Listening } from '../server.js';

/** What the client sends: the first bytes at once, the rest whenever it receives anything. */
const SAYS = [HEADER, client.startOk(), Buffer.concat([client.tuneOk(), client.open()])];

/** A client that opens a connection, ignores errors, and ends when asked to or when the other side ends the connection. */
export class HastyClient {
  readonly gone: Promise<void>;
  hasConnected = false;
  private readonly socket: Socket;
  /** The socket, or TLS over it. */
  private readonly secured: Socket;
  private said = 0;

  constructor(target: Listening & { readonly tls: boolean }) {
    this.socket = connect({ host: target.host, port: target.port, noDelay: true });
    this.secured = target.tls ? connectTls({ socket: this.socket, rejectUnauthorized: false }) : this.socket;
    this.secured.on('error', () => {});
    this.gone = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.once('connect', () => {
      this.hasConnected = true;
      this.speak();
    });
    this.secured.on('data', () => this.speak());
    this.socket.on('error', () => {});
  }

  /** Ends with a FIN or a reset; gives up if it is still connecting. */
  go(how: 'fin' | 'rst'): void {
    if (!this.hasConnected) this.socket.destroy();
    else if (how === 'fin') this.secured.end();
    else this.socket.resetAndDestroy();
  }

  /** Closes without choosing between FIN and RST. */
  destroy(): void {
    this.secured.destroy();
    this.socket.destroy();
  }

  private speak(): void {
    const octets = SAYS[this.said];
    this.said += 1;
    if (octets !== undefined && this.secured.writable) this.secured.write(octets);
  }
}
