import { connect, type Socket } from 'node:net';
import { client } from '../bytes.js';
import { HEADER } from '../relayed.js';
import type { Listening } from '../server.js';

/** What it says: the first at once, and more whenever it hears anything. */
const SAYS = [HEADER, client.startOk(), Buffer.concat([client.tuneOk(), client.open()])];

/** A client that opens a connection, minds no error, and is gone when it is told to go or the other side ends it. */
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

  /** By a FIN, or by a reset; one that still connects gives up. */
  go(how: 'fin' | 'rst'): void {
    if (!this.hasConnected) this.socket.destroy();
    else if (how === 'fin') this.socket.end();
    else this.socket.resetAndDestroy();
  }

  /** Without a word about how. */
  destroy(): void {
    this.socket.destroy();
  }

  private speak(): void {
    const octets = SAYS[this.said];
    this.said += 1;
    if (octets !== undefined && this.socket.writable) this.socket.write(octets);
  }
}
