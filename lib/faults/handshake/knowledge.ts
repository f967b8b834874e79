import { announces } from '../../amqp/capability.js';
import {
  type ConnectionMethod,
  type ConnectionMethodName,
  decodeMethod,
  type FollowedMethod,
} from '../../amqp/connection-methods.js';
import type { OpenedHandshake } from '../../amqp/conversation-0-9-1.js';
import { FRAME_HEADER_LENGTH, FRAME_TYPE } from '../../amqp/frame.js';
import { afterMethod, type Handshake, NOTHING_SAID } from '../../amqp/handshake.js';
import { type Quad, quadOf } from '../../amqp/header.js';
import { MalformedError } from '../../amqp/malformed-error.js';
import type { Known } from '../choice.js';
import { isSinceMoment, type Moment } from '../moment.js';
import type { Negotiated } from './fault-actions.js';

/** What a gate knows about its connection: everything except its number and its source. */
export type KnownOfGate = Omit<Known, 'connection' | 'source'>;

/** The moment that each method makes. */
export const MOMENT_OF: Partial<Record<ConnectionMethodName, Moment>> = {
  'connection.start': 'start',
  'connection.start-ok': 'start-ok',
  'connection.tune': 'tune',
  'connection.tune-ok': 'tune-ok',
  'connection.open': 'open',
  'connection.open-ok': 'running',
};

/** The moment that a method makes; undefined if there is none. */
export function momentOfMethod(method: ConnectionMethod | null): Moment | undefined {
  return method === null ? undefined : MOMENT_OF[method.name];
}

/** The Connection method in a complete frame; null for any other frame, and if it cannot be decoded. */
export function methodOf(frame: Uint8Array): ConnectionMethod | null {
  if (frame[0] !== FRAME_TYPE.method) return null;
  try {
    const method = decodeMethod(frame.subarray(FRAME_HEADER_LENGTH, -1));
    return method.name === 'unknown' ? null : method;
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

/** What faults may need to know about a connection, collected from its handshake. */
export class Knowledge {
  known: KnownOfGate = { moment: 'accept', header: null, product: null, user: null, vhost: null };
  negotiated: Negotiated = { mechanism: null, heartbeat: null, acceptsBlocked: false, acceptsCancel: false };
  /** What the client has sent of the handshake, also if it was not passed on. */
  said: Handshake = NOTHING_SAID;

  get moment(): Moment {
    return this.known.moment;
  }

  /** The header is complete. */
  header(octets: Uint8Array): void {
    this.add({ moment: 'header', header: quadOf(octets) ?? null });
  }

  /** Takes over what is known of an open connection. */
  opened(header: Quad | null, { handshake, acceptsBlocked, acceptsCancel }: OpenedHandshake): void {
    const { product, user, vhost, mechanism, heartbeat } = handshake;
    this.known = { moment: 'running', header, product, user, vhost };
    this.negotiated = { mechanism, heartbeat, acceptsBlocked, acceptsCancel };
    this.said = handshake;
  }

  /** A method was received from the side that must send it. */
  method(method: ConnectionMethod, moment: Moment): void {
    this.add({ moment });
    switch (method.name) {
      case 'connection.start-ok': {
        const { product, user, mechanism } = this.hear(method);
        const acceptsBlocked = announces(method.clientProperties, 'connection.blocked');
        const acceptsCancel = announces(method.clientProperties, 'consumer_cancel_notify');
        this.negotiated = { ...this.negotiated, mechanism, acceptsBlocked, acceptsCancel };
        this.add({ product, user });
        break;
      }
      case 'connection.tune-ok': {
        const { heartbeat } = this.hear(method);
        this.negotiated = { ...this.negotiated, heartbeat };
        break;
      }
      case 'connection.open': {
        const { vhost } = this.hear(method);
        this.add({ vhost });
        break;
      }
      default:
    }
  }

  /** Adds what the client says in a method. @returns all that it has said */
  private hear(method: FollowedMethod): Handshake {
    this.said = afterMethod(this.said, method);
    return this.said;
  }

  /** A client may send before the broker answers, so moments can come out of order. The latest one counts. */
  private add(more: Partial<KnownOfGate>): void {
    const { moment } = this.known;
    const isOlder = more.moment !== undefined && isSinceMoment(moment, more.moment);
    this.known = { ...this.known, ...more, ...(isOlder ? { moment } : {}) };
  }
}
