import { bufferPool } from './buffer-pool.js';

/** The buffers that a chain has passed to its sink and that the sink still uses. */
export class LentBuffers {
  private lent: Uint8Array[] = [];

  /** A link has passed on all of a buffer. @param isInUse whether the sink still uses it */
  passed(buffer: Uint8Array, isInUse: boolean): void {
    if (isInUse) this.lent.push(buffer);
    else bufferPool.give(buffer);
  }

  /** The sink has used all of them. */
  returned(): void {
    if (this.lent.length === 0) return;
    for (const buffer of this.lent) bufferPool.give(buffer);
    this.lent = [];
  }

  /** It will not be known when the sink has used them: they are not used again. */
  forget(): void {
    this.lent = [];
  }
}
