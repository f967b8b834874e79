import { connect, type Socket } from 'node:net';
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
  private said = 0;

  constructor(target: Listening) {
    this.socket = connect({ host: target.host, port: target.port, noDelay: true });
    this.gone = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.once('connect', () => {
      this.hasConnected = true;
      this.speak();
    });
    this.socket.on('data', () => this.speak());
    this.socket.on('error', () => {});
  }

  /** Ends with a FIN or a reset; gives up if it is still connecting. */
  go(how: 'fin' | 'rst'): void {
    if (!this.hasConnected) this.socket.destroy();
    else if (how === 'fin') this.socket.end();
    else this.socket.resetAndDestroy();
  }

  /** Closes without choosing between FIN and RST. */
  destroy(): void {
    this.socket.destroy();
  }

  private speak(): void {
    const octets = SAYS[this.said];
    this.said += 1;
    if (octets !== undefined && this.socket.writable) this.socket.write(octets);
  }
}
