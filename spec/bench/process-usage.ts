import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants use. */
export interface Usage {
  /** CPU time since they started, in seconds. */
  readonly cpu: number;
  /** Resident memory in bytes. */
  readonly rss: number;
}

/** Ticks of `/proc/PID/stat` in a second, on every Linux that Node.js runs on. */
const TICKS = 100;

/** Measures a process with its descendants. Those that have ended meanwhile count as nothing. */
export function usageOf(pid: number): Usage {
  const all = withDescendants(pid);
  return { cpu: sum(all.map(cpuOf)), rss: sum(all.map(rssOf)) };
}

/** The highest resident memory so far of the process and its descendants, in bytes. */
export function peakOf(pid: number): number {
  return sum(withDescendants(pid).map((each) => kilobytes(each, 'VmHWM')));
}

function withDescendants(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).match(/\d+/g) ?? []);
  return [pid, ...children.flatMap((child) => withDescendants(Number(child)))];
}

/** The scheduler counts nanoseconds. Where it does not, there are ticks of 10 ms. */
function cpuOf(pid: number): number {
  const nanoseconds = sum(
    threadsOf(pid).map((thread) => Number.parseInt(read(`/proc/${pid}/task/${thread}/schedstat`), 10) || 0),
  );
  if (nanoseconds > 0) return nanoseconds / 1e9;
  // The name of the program, which comes before, may contain anything.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

const rssOf = (pid: number): number => kilobytes(pid, 'VmRSS');

function kilobytes(pid: number, field: string): number {
  const [, number] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(number ?? 0) * 1024;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
