import type { OnReadOpts, Socket } from 'node:net';
import type { Reader, Reads } from './reads.js';

/** Maximum octets of one read. With 64 KiB, a megabyte took a third more CPU time. */
const READ_SIZE = 256 * 1024;

/**
 * How many octets of one socket are read before the event loop serves the others. libuv reads up to 32 times in a row, which
 * delayed everyone else by 10 ms.
 */
const MOST_AT_A_TIME = READ_SIZE;

/** Larger reads are copied to a place of their own, so that one small chunk that is kept does not cost a large one. */
const SMALL = 1024;

/** All sockets read into this buffer: each read is copied out of it before the next one can happen. */
const buffer = Buffer.allocUnsafeSlow(READ_SIZE);

/** Where reads are copied to. What the reader keeps is not overwritten; everything else is. */
class Copies {
  private storage = Buffer.allocUnsafeSlow(READ_SIZE);
  private used = 0;

  /** @returns the first `count` octets of the read buffer */
  copy(count: number): Uint8Array {
    if (READ_SIZE - this.used < count) {
      this.storage = Buffer.allocUnsafeSlow(READ_SIZE);
      this.used = 0;
    }
    buffer.copy(this.storage, this.used, 0, count);
    return this.storage.subarray(this.used, this.used + count);
  }

  /** The last copy is kept. */
  keep(count: number): void {
    this.used += count;
  }
}

const [small, large] = [new Copies(), new Copies()];

/** The socket that was read last, and how many octets of it without another one in between. */
let last: SharedReads | undefined;
let inARow = 0;

/**
 * Reads a socket into a buffer that all sockets share: it creates no garbage, and an idle socket needs no memory for it.
 * The socket must have `onread`.
 */
export class SharedReads implements Reads {
  readonly onread: OnReadOpts = { buffer, callback: (count) => this.read(count) };
  /** Set as soon as there is one. */
  socket: Socket | undefined;
  private readonly reader: Reader;
  private isHeld = false;
  /** What was read while it was held. */
  private waiting: Uint8Array | undefined;
  /** `resume` was called during a read. */
  private isWanted = false;
  private isOneByOne = false;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  hold(): void {
    this.isHeld = true;
  }

  resume(): void {
    this.isHeld = false;
    this.isWanted = true;
    if (this.waiting === undefined) this.readOn();
    else process.nextTick(() => this.passWaiting());
  }

  readOneByOne(): void {
    this.isOneByOne = true;
  }

  /** @returns whether the socket is read on */
  private read(count: number): boolean {
    const copies = count <= SMALL ? small : large;
    if (this.isHeld) {
      this.waiting = copies.copy(count);
      copies.keep(count);
      return false;
    }
    this.isWanted = false;
    if (!this.reader.take(copies.copy(count))) {
      copies.keep(count);
      this.isHeld = !this.isWanted;
    }
    if (this.isHeld) return false;
    if (!this.isOneByOne && this.isItsTurn(count)) return true;
    setImmediate(() => {
      if (!this.isHeld) this.readOn();
    });
    return false;
  }

  private passWaiting(): void {
    const { waiting } = this;
    if (this.isHeld || waiting === undefined) return;
    this.waiting = undefined;
    this.isWanted = false;
    this.isHeld = !this.reader.take(waiting) && !this.isWanted;
    if (!this.isHeld) this.readOn();
  }

  /** With `onread` this only starts to read, which costs less than `resume`. */
  private readOn(): void {
    if (this.socket?.connecting === false) this.socket.read(0);
  }

  private isItsTurn(count: number): boolean {
    inARow = last === this ? inARow + count : count;
    last = this;
    if (inARow < MOST_AT_A_TIME) return true;
    last = undefined;
    return false;
  }
}
