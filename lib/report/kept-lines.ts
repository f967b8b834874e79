import { hasRoom } from '../output/line-buffer.js';

/** Bytes of a page. Only a longer line has a longer page. */
const PAGE = 64 * 1024;

type Page = {
  readonly memory: Buffer;
  used: number;
  /** Where each of its lines ends. */
  readonly ends: number[];
  lines: number;
  /** Whether a reader has a part of it. It is then not written to again, but replaced. */
  isLent: boolean;
};

/** Returns a text for searches in lines: one character for each byte, because lines are not decoded for a search. */
export const searchText = (text: string): string => Buffer.from(text).toString('latin1');

/** A line in a page. It must be read before the next line is added. */
export class KeptLine {
  private readonly page: Page;
  private readonly start: number;
  private readonly end: number;

  constructor(page: Page, nth: number) {
    this.page = page;
    this.start = page.ends[nth - 1] ?? 0;
    this.end = page.ends[nth] as number;
  }

  get text(): string {
    return this.page.memory.toString('utf8', this.start, this.end);
  }

  /** Whether the line contains a text. @param text as `searchText` returns it */
  includes(text: string): boolean {
    return this.page.memory.toString('latin1', this.start, this.end).includes(text);
  }

  /** The line in UTF-8. It never changes: a reader may be slow. */
  get bytes(): Uint8Array {
    this.page.isLent = true;
    return this.page.memory.subarray(this.start, this.end);
  }
}

/**
 * Keeps the last lines in pages of memory that are used again. Objects or strings that are kept for a second are moved by the
 * garbage collector twice, and are then garbage in the part of the heap that is the slowest to clean.
 */
export class KeptLines {
  private readonly most: number;
  /** Oldest first. */
  private readonly pages: Page[] = [];
  /** Lines in all pages, with those of the oldest page that are no longer kept. */
  private inPages = 0;

  /** @param most maximum lines kept; 0 keeps none */
  constructor(most: number) {
    this.most = most;
  }

  add(line: string): void {
    if (this.most === 0) return;
    const page = this.pageFor(line);
    page.used += page.memory.write(line, page.used);
    page.ends[page.lines++] = page.used;
    this.inPages += 1;
  }

  *newestFirst(): Generator<KeptLine> {
    let left = Math.min(this.inPages, this.most);
    for (let at = this.pages.length - 1; at >= 0 && left > 0; at--) {
      const page = this.pages[at] as Page;
      for (let nth = page.lines - 1; nth >= 0 && left > 0; nth--, left--) yield new KeptLine(page, nth);
    }
  }

  /** Returns the page that has room for a line. */
  private pageFor(line: string): Page {
    const newest = this.pages.at(-1);
    if (newest !== undefined && hasRoom(newest.memory.length - newest.used, line)) return newest;
    const page = this.expired(line) ?? newPage(Math.max(PAGE, Buffer.byteLength(line)));
    this.pages.push(page);
    return page;
  }

  /** Removes pages whose lines are no longer kept, and returns one that can be used again for a line. */
  private expired(line: string): Page | undefined {
    let free: Page | undefined;
    for (let [oldest] = this.pages; oldest !== undefined; [oldest] = this.pages) {
      if (this.inPages - oldest.lines < this.most - 1) break;
      this.pages.shift();
      this.inPages -= oldest.lines;
      if (!oldest.isLent && oldest.memory.length === PAGE) free = oldest;
    }
    if (free === undefined || !hasRoom(PAGE, line)) return undefined;
    free.used = 0;
    free.lines = 0;
    return free;
  }
}

const newPage = (length: number): Page => ({
  memory: Buffer.allocUnsafeSlow(length),
  used: 0,
  ends: [],
  lines: 0,
  isLent: false,
});
