import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, type ConfirmChannel, connect, type Message } from 'amqplib';
import { pem } from './secure-wire.js';

/** A step that takes at least this long, in ms, is late. */
const LATE = 150;
/** For a proxy with TLS. */
const TRUSTING = { ca: [Buffer.from(pem('ca'))], servername: 'localhost' };
/** The bodies of the messages. */
const MESSAGES = ['one', 'two', 'three'];

type Inside = {
  readonly connection: {
    readonly stream: Socket;
    readonly heartbeat: number;
    readonly frameMax: number;
    readonly channelMax: number;
  };
};

/** An open connection of a client. */
export type Opened = { readonly connection: ChannelModel; leave(): void };

/**
 * A client that says what it sees: `running: MESSAGE` when an open connection is closed or blocked, and for each of its steps
 * `STEP: done`, `STEP: late`, `STEP: hangs` or `STEP: MESSAGE`. The steps are open, channel, declare, confirm, deliver and
 * close. `returned: CODE`, `delivered: once`, `delivered: again` and `consumer: canceled` say what came of the messages.
 */
export class ScenarioClient {
  private readonly sees: (what: string) => void;

  constructor(sees: (what: string) => void) {
    this.sees = sees;
  }

  /** @param patience timeout in ms. @returns undefined if no connection was opened in time */
  async open(url: string, patience: number): Promise<Opened | undefined> {
    const opening = connect(url, { ...TRUSTING, timeout: patience });
    // A connection that opens later than that is left.
    let isLate = false;
    const listening = opening.then((connection) => {
      connection.on('error', ({ message }: Error) => this.sees(`running: ${message}`));
      connection.on('close', (error?: Error) => error && this.sees(`running: ${error.message}`));
      connection.on('blocked', (reason: string) => this.sees(`running: blocked, ${reason}`));
      if (isLate) end(connection);
      return connection;
    });
    const connection = await this.step('open', () => listening, patience);
    isLate = true;
    if (connection === undefined) return undefined;
    const { heartbeat, frameMax, channelMax } = (connection as unknown as Inside).connection;
    this.sees(`tuned: heartbeat=${heartbeat} frame_max=${frameMax} channel_max=${channelMax}`);
    return { connection, leave: () => end(connection) };
  }

  /**
   * Opens a connection, declares a queue, consumes from it, publishes three messages with confirms, waits for them, and closes.
   *
   * @param patience timeout of each step, in ms
   */
  async use(url: string, patience: number): Promise<void> {
    const opened = await this.open(url, patience);
    if (opened === undefined) return;
    const { connection } = opened;
    const channel = await this.step('channel', () => connection.createConfirmChannel(), patience);
    if (channel) await this.exchange(channel, patience);
    await this.step('close', () => connection.close(), patience);
    opened.leave();
  }

  private async exchange(channel: ConfirmChannel, patience: number): Promise<void> {
    channel.on('error', () => {});
    const declared = await this.step('declare', async () => channel.assertQueue('', { exclusive: true }), patience);
    if (!declared) return;
    const { queue } = declared;
    const missing = new Set(MESSAGES);
    const done = new Promise<void>((resolve) => {
      const had = (text: string): void => {
        missing.delete(text);
        if (missing.size === 0) resolve();
      };
      channel.on('return', ({ fields, content }: Message) => {
        this.sees(`returned: ${fields['replyCode' as keyof Message['fields']]}`);
        had(content.toString());
      });
      const consumed = channel.consume(
        queue,
        (message) => {
          if (message === null) {
            this.sees('consumer: canceled');
            resolve();
            return;
          }
          this.sees(`delivered: ${message.fields.redelivered ? 'again' : 'once'}`);
          had(message.content.toString());
        },
        { noAck: true },
      );
      consumed.catch(() => resolve());
    });
    for (const text of MESSAGES) channel.sendToQueue(queue, Buffer.from(text), { mandatory: true });
    await this.step('confirm', () => channel.waitForConfirms(), patience);
    await this.step('deliver', () => done, patience);
  }

  private async step<Result>(name: string, act: () => Promise<Result>, patience: number): Promise<Result | undefined> {
    const began = performance.now();
    const given = new AbortController();
    const acting = Promise.resolve().then(act);
    acting.catch(() => {});
    try {
      const hangs = sleep(patience, 'hangs' as const, { signal: given.signal });
      hangs.catch(() => {});
      const result = await Promise.race([acting.then((value) => ({ value })), hangs]);
      if (result === 'hangs') {
        this.sees(`${name}: hangs`);
        return undefined;
      }
      this.sees(`${name}: ${performance.now() - began < LATE ? 'done' : 'late'}`);
      return result.value;
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      this.sees(`${name}: ${[code, message].join(' ')}`);
      return undefined;
    } finally {
      given.abort();
    }
  }
}

/** Ends a connection without closing it. The client keeps its timers until it receives an error. */
function end(connection: ChannelModel): void {
  (connection as unknown as Inside).connection.stream.destroy(new Error('timed out'));
}
