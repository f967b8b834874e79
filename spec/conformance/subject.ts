import type { RabbitmqLog } from '../support/rabbitmq/log.js';
import type { Listening } from '../support/server.js';

/** A real broker. */
export interface Subject extends Listening {
  /** As reported by the broker: `3.10.8`. */
  readonly version: string;
  /** At level debug. Without it only the client's view is compared. */
  readonly log: RabbitmqLog | undefined;
  /** Its TLS port, with the certificate of spec/fixtures/tls or another one. @defaultValue none */
  readonly tls?: Listening | undefined;
  /** Process ID of its Erlang node, if it may be stopped. @defaultValue none */
  readonly pid?: number | undefined;
  /** In ms. */
  readonly handshakeTimeout: number;
}
