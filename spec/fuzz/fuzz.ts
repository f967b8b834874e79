import { randomOf } from '../conformance/random.js';
import type { Find } from './find.js';
import { shrink } from './shrink.js';
import type { Case, Target, Usage, Venue } from './target.js';
import type { TargetName } from './targets.js';

/** What to fuzz. */
export interface Fuzzing {
  readonly name: TargetName;
  readonly target: Target;
  readonly seed: number;
  /** The number of the first case. */
  readonly first: number;
  /** How many cases to play; null: as many as fit into `time`. */
  readonly cases: number | null;
  /** In ms. */
  readonly time: number;
  /** Called after each round. */
  readonly progress?: (cases: number, finds: number) => void;
  readonly found?: (find: Find) => void;
}

/** The result of one target. */
export interface Fuzzed {
  readonly name: TargetName;
  readonly cases: number;
  readonly finds: readonly Find[];
  readonly start: Usage;
  readonly end: Usage;
  /** The longest stall of the event loop, in ms. */
  readonly stall: number;
}

/** Rounds after which memory is compared: caches, histories and compiled code have their size then. */
const WARM_UP = 2;
/** How much more memory and how many more descriptors may be in use after a round than after the warm-up. */
const MORE_HEAP = 48 * 1024 * 1024;
const MORE_DESCRIPTORS = 16;
/** How long memory and descriptors may take to be released, in s. */
const RELEASED = 15;
/** After this many finds, the rest of the time would only show the same again. */
const MOST_FINDS = 10;
/** How often a case is played again to see whether it shows the problem alone, and how often while it is shrunk. */
const [AGAIN, SHRINKING] = [3, 60] as const;
/** Limit for shrinking one find, in ms. */
const SHRINKING_TIME = 60_000;

/** Plays random cases until the time is over, and shrinks each that shows a problem. */
export async function fuzz({ name, target, seed, first, cases, time, progress, found }: Fuzzing): Promise<Fuzzed> {
  const finds: Find[] = [];
  let venue = await target.open();
  // A start can be slow, and one round is always played.
  const deadline = performance.now() + time;
  let played = 0;
  let rounds = 0;
  let stall = 0;
  const start = await venue.usage();
  let warm: Usage | undefined;
  let end = start;
  const add = (find: Find) => {
    finds.push(find);
    found?.(find);
  };
  try {
    const isOver = () => (cases === null ? played > 0 && performance.now() >= deadline : played >= cases);
    while (finds.length < MOST_FINDS && !isOver()) {
      const from = first + played;
      const count = Math.min(venue.together, cases === null ? venue.together : cases - played);
      const round = Array.from({ length: count }, (_, at) => target.caseOf(randomOf(seed, name, from + at)));
      const problems = await venue.play(round);
      played += count;
      rounds += 1;
      const left = problems.every((problem) => problem === null) && !venue.isBroken ? await venue.settle() : null;
      const facts = { name, target, seed, from, round };
      for (const find of await findsOf(facts, problems, left)) add(find);
      if (venue.isBroken) {
        await venue[Symbol.asyncDispose]();
        venue = await target.open();
        [rounds, warm] = [0, undefined];
      }
      end = await venue.usage();
      stall = Math.max(stall, end.stall);
      if (rounds === WARM_UP) warm = end;
      let leak = warm === undefined ? null : leaked(warm, end);
      // Sockets may close a moment after their connections have ended.
      for (let at = 0; warm !== undefined && leak !== null && at < RELEASED; at++) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        end = await venue.usage();
        leak = leaked(warm, end);
      }
      if (leak !== null) {
        add({ target: name, seed, first: from, count, problem: leak, cases: round, isReproduced: false });
        warm = end;
      }
      progress?.(played, finds.length);
    }
  } finally {
    await venue[Symbol.asyncDispose]();
  }
  return { name, cases: played, finds, start: warm ?? start, end, stall };
}

/** Plays single cases, and opens a new venue only when one of them broke it. */
class Trial implements AsyncDisposable {
  private readonly target: Target;
  private venue: Venue | undefined;

  constructor(target: Target) {
    this.target = target;
  }

  /** Whether the case shows a problem in one of so many tries. */
  async shows(given: Case, tries: number): Promise<boolean> {
    for (let at = 0; at < tries; at++) {
      if (this.venue?.isBroken) await this.close();
      this.venue ??= await this.target.open();
      if ((await problemsOf(this.venue, [given])).length > 0) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    await this.venue?.[Symbol.asyncDispose]();
    this.venue = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Plays the cases of a find again. @returns the problems, and what is left afterwards */
export async function replay(target: Target, cases: readonly Case[]): Promise<readonly string[]> {
  const venue = await target.open();
  try {
    return await problemsOf(venue, cases);
  } finally {
    await venue[Symbol.asyncDispose]();
  }
}

async function problemsOf(venue: Venue, cases: readonly Case[]): Promise<readonly string[]> {
  const problems = (await venue.play(cases)).filter((problem) => problem !== null);
  const left = problems.length === 0 && !venue.isBroken ? await venue.settle() : null;
  return left === null ? problems : [...problems, left];
}

type Round = {
  readonly name: TargetName;
  readonly target: Target;
  readonly seed: number;
  readonly from: number;
  readonly round: readonly Case[];
};

async function findsOf(
  { name, target, seed, from, round }: Round,
  problems: readonly (string | null)[],
  left: string | null,
): Promise<Find[]> {
  const guilty = problems.flatMap((problem, at) => (problem === null ? [] : [{ problem, at }]));
  const finds: Find[] = [];
  await using trial = new Trial(target);
  for (const { problem, at } of guilty.slice(0, MOST_FINDS)) {
    const given = round[at] as Case;
    if (!(await trial.shows(given, AGAIN))) continue;
    const until = performance.now() + SHRINKING_TIME;
    const shows = async (less: Case) => performance.now() < until && (await trial.shows(less, 1));
    const shrunk = await shrink(given, shows, SHRINKING);
    await trial.close();
    // It may have depended on what was played before.
    const smaller = (await trial.shows(shrunk, AGAIN)) ? shrunk : given;
    finds.push({ target: name, seed, first: from + at, count: 1, problem, cases: [smaller], isReproduced: true });
    // Of cases that were in flight when the program ended, one is enough.
    if (guilty.length > 1 && guilty.every((other) => other.problem === problem)) return finds;
  }
  if (finds.length > 0 || (guilty.length === 0 && left === null)) return finds;
  const all = [
    ...new Set([...guilty.map(({ problem, at }) => `case ${from + at}: ${problem}`), ...(left ? [left] : [])]),
  ];
  const facts = { target: name, seed, first: from, count: round.length, problem: all.join('\n'), cases: round };
  return [{ ...facts, isReproduced: (await replay(target, round)).length > 0 }];
}

function leaked(warm: Usage, now: Usage): string | null {
  const heap = now.heap - warm.heap;
  if (heap > MORE_HEAP) return `${Math.round(heap / 1024 / 1024)} MiB more memory is in use than after the warm-up`;
  const descriptors = now.descriptors - warm.descriptors;
  return descriptors > MORE_DESCRIPTORS ? `${descriptors} more file descriptors are open than after the warm-up` : null;
}
