import {
  CLOSE_OK,
  type ConnectionMethod,
  decodeMethod,
  encodeMethodFrame,
  type UnknownMethod,
} from '../amqp/connection-methods.js';
import type { FieldTable } from '../amqp/field-table.js';
import { encodeFrame, FRAME_TYPE, HEARTBEAT } from '../amqp/frame.js';
import { FrameReader } from '../amqp/frame-reader.js';
import type { Quad } from '../amqp/header.js';
import { MalformedError } from '../amqp/malformed-error.js';
import { type ReplyCode, replyText } from '../amqp/reply-code.js';
import { startFor } from '../amqp/stand-in-start.js';

/** What the stand-in does next: send octets, and end the connection if `isOver`. */
export type Answer = { readonly octets: readonly Uint8Array[]; readonly isOver: boolean };

/** The values in RabbitMQ's Tune by default. */
const TUNE = { channelMax: 2047, frameMax: 131_072, heartbeat: 60 } as const;

const CHANNEL_CLASS = 20;
/** Answers by method ID: Open-Ok, whose only field is empty, to Channel.Open; Close-Ok to Channel.Close. */
const CHANNEL_ANSWERS = new Map([
  [10, Uint8Array.of(0, 20, 0, 11, 0, 0, 0, 0)],
  [40, Uint8Array.of(0, 20, 0, 41)],
]);

/**
 * The broker's side of AMQP 0-9-1, as far as the stand-in supports it: the handshake up to Open-Ok with any user,
 * heartbeats, opening and closing channels, and Close. Anything else ends the connection with 540 NOT_IMPLEMENTED.
 * Pure: octets in, octets out.
 */
export class Session {
  private stage: 'starting' | 'tuning' | 'opening' | 'running' | 'closing' = 'starting';
  private readonly frames = new FrameReader({ maxPayload: TUNE.frameMax - 8 });
  private readonly serverProperties: FieldTable;

  constructor(serverProperties: FieldTable) {
    this.serverProperties = serverProperties;
  }

  get isOpen(): boolean {
    return this.stage === 'running' || this.stage === 'closing';
  }

  /** Connection.Start, with the version that the header requested. */
  greet(quad: Quad): Uint8Array {
    return startFor(quad, this.serverProperties);
  }

  read(octets: Uint8Array): Answer {
    const answers: Uint8Array[] = [];
    for (const { type, channel, payload } of this.frames.read(octets)) {
      const answer = this.answer(type, channel, payload);
      if (answer === 'over') return { octets: answers, isOver: true };
      if (answer) answers.push(answer);
    }
    if (!this.frames.problem) return { octets: answers, isOver: false };
    // After a malformed frame, nothing can be parsed. On an open connection, a broker sends Close before it ends it.
    if (this.stage === 'running') answers.push(close(501, 0, 0));
    return { octets: answers, isOver: true };
  }

  /** Returns the answer to a frame: octets, undefined for none, or `over` to end the connection. */
  private answer(type: number, channel: number, payload: Uint8Array): Uint8Array | 'over' | undefined {
    if (type === FRAME_TYPE.heartbeat) return HEARTBEAT;
    if (type !== FRAME_TYPE.method) return undefined;
    let method: ConnectionMethod | UnknownMethod;
    try {
      method = decodeMethod(payload);
    } catch (error) {
      if (error instanceof MalformedError) return 'over';
      throw error;
    }
    if (this.stage === 'closing') return method.name === 'connection.close-ok' ? 'over' : undefined;
    if (method.name === 'connection.close') {
      this.stage = 'closing';
      return CLOSE_OK;
    }
    return this.stage === 'running' ? this.serve(method, channel) : this.shakeHands(method);
  }

  private shakeHands(method: ConnectionMethod | UnknownMethod): Uint8Array | 'over' {
    if (this.stage === 'starting' && method.name === 'connection.start-ok') {
      this.stage = 'tuning';
      return encodeMethodFrame({ name: 'connection.tune', ...TUNE });
    }
    if (this.stage === 'tuning' && method.name === 'connection.tune-ok') {
      this.stage = 'opening';
      return NOTHING;
    }
    if (this.stage === 'opening' && method.name === 'connection.open') {
      this.stage = 'running';
      return encodeMethodFrame({ name: 'connection.open-ok' });
    }
    return 'over';
  }

  private serve(method: ConnectionMethod | UnknownMethod, channel: number): Uint8Array {
    if (method.name === 'unknown' && method.classId === CHANNEL_CLASS) {
      const answer = CHANNEL_ANSWERS.get(method.methodId);
      if (answer) return encodeFrame(FRAME_TYPE.method, channel, answer);
    }
    this.stage = 'closing';
    return method.name === 'unknown' ? close(540, method.classId, method.methodId) : close(540, 10, 0);
  }
}

const NOTHING = new Uint8Array(0);

const close = (replyCode: ReplyCode, classId: number, methodId: number): Uint8Array =>
  encodeMethodFrame({
    name: 'connection.close',
    replyCode,
    replyText: replyText(replyCode, 'the rabbit-snare stand-in knows the handshake only'),
    classId,
    methodId,
  });
