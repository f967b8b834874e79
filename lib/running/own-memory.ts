import { openSync, readSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

/** What the process uses, in bytes. */
export type OwnMemory = {
  /** Memory that the kernel cannot take back: without pages of files, such as those of the Node.js binary. */
  readonly resident: number;
  /** Objects in V8's heap, and the size at which V8 ends the process. */
  readonly heap: number;
  readonly heapLimit: number;
};

const STATUS = '/proc/self/status';
const status = Buffer.alloc(4096);
/** It stays open: reading it again takes a tenth of the time that opening it takes. Null: not opened yet, or not there. */
let file: number | null = null;
let isLinux = true;

/** Measures this process, in about 10 µs on Linux. Elsewhere, pages of files count too. */
export function ownMemory(): OwnMemory {
  const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
  return { resident: anonymous() ?? process.memoryUsage.rss(), heap, heapLimit };
}

function anonymous(): number | null {
  if (!isLinux) return null;
  try {
    file ??= openSync(STATUS, 'r');
    const text = status.toString('latin1', 0, readSync(file, status, 0, status.length, 0));
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(text) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    isLinux = false;
    return null;
  }
}
