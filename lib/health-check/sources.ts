import { hostOf } from '../text/address-of.js';
import type { Check } from './check.js';
import { evidenceOf, type Foreign } from './evidence.js';
import { guess, isSignature, type NamedGuess } from './guess.js';
import { type Linked, Recency } from './recency.js';
import { SCAN } from './recognizers/scanner.js';
import { refine } from './refine.js';
import { isScan } from './scan.js';
import { signatureOf } from './signature.js';
import { type Ending, type HealthCheckStyle, isCutShort } from './style.js';
import { Track } from './track.js';

/** A connection that has ended. `at`: when it was accepted, in ms since 1970. */
export type Sighting = Ending & Foreign & { readonly proxy: string; readonly at: number };

/** What a connection is, judging by everything that its source has done. */
export type Recognition = {
  /**
   * Whether it belongs to a check that has kept its style and period five times or more, or its octets are a known check's own
   * signature.
   */
  readonly isCheck: boolean;
  /** What makes such connections; null if that is not known. */
  readonly of: NamedGuess | null;
  /** The connections that did the same; null if this is not the pattern of a check. */
  readonly track: Track | null;
};

/** One check of a source. */
export type SourceCheck = {
  /** IP address; null for clients that had left before their address was known. */
  readonly source: string | null;
  readonly proxy: string;
  readonly track: Track;
  /** Null: no period is known. */
  readonly check: Check | null;
};

const UNKNOWN: Recognition = { isCheck: false, of: null, track: null };
/** Maximum patterns of one source. The one that was not seen for longest is dropped for a new one. */
const MOST_TRACKS = 16;

/** What is known about one source at one proxy. */
interface Source extends Linked<Source> {
  readonly source: string | null;
  readonly proxy: string;
  readonly tracks: Map<string, Track>;
  /** Connections that were not the pattern of a check. */
  others: number;
}

/**
 * Remembers what each source does at each proxy over time, and recognizes checks: connections that repeat the same pattern
 * with the same period. It has no clock: time comes with each connection.
 */
export class Sources {
  /** Sources that were dropped because there were too many. */
  dropped = 0;
  private readonly most: number;
  private readonly sources = new Map<string, Source>();
  private readonly recency = new Recency<Source>();

  /** @param most maximum sources that are remembered. The one that was not seen for longest is dropped for a new one. */
  constructor(most: number) {
    this.most = most;
  }

  /** Adds a connection that has ended, and returns what it is. */
  observe(seen: Sighting, style: HealthCheckStyle | null): Recognition {
    if (style === null && isCutShort(seen)) return UNKNOWN;
    const source = this.sourceOf(seen);
    if (style === null) {
      source.others += 1;
      return UNKNOWN;
    }
    const track = trackOf(source, seen, style);
    const check = track.add(seen.at);
    // The first connections decide, and later ones correct them: a guess costs more than the rest.
    if (track.isNews) learn(source, track, seen, style);
    return { isCheck: track.isSignature || (check?.isRegular ?? false), of: track.named, track };
  }

  /** Whether every connection of a source so far belongs to checks that were recognized. */
  recognizes(proxy: string, source: string | null): boolean {
    const known = this.sources.get(keyOf(proxy, source));
    if (known === undefined || known.others > 0 || known.tracks.size === 0) return false;
    for (const { isPeriodic } of known.tracks.values()) if (!isPeriodic) return false;
    return true;
  }

  /** The checks of all sources, and their other connections that have the pattern of a check. */
  get checks(): readonly SourceCheck[] {
    return [...this.sources.values()].flatMap(({ source, proxy, tracks }) =>
      [...tracks.values()].flatMap((track) =>
        (track.checks.length === 0 ? [null] : track.checks).map((check) => ({ source, proxy, track, check })),
      ),
    );
  }

  private sourceOf({ proxy, client }: Sighting): Source {
    const { sources, recency } = this;
    const source = client === null ? null : hostOf(client);
    const key = keyOf(proxy, source);
    let found = sources.get(key);
    if (found === undefined) {
      if (sources.size >= this.most) this.dropOldest();
      found = { source, proxy, tracks: new Map(), others: 0, older: null, newer: null };
      sources.set(key, found);
    }
    recency.use(found);
    return found;
  }

  private dropOldest(): void {
    const { oldest } = this.recency;
    if (oldest === null) return;
    this.recency.remove(oldest);
    this.sources.delete(keyOf(oldest.proxy, oldest.source));
    this.dropped += 1;
  }
}

function learn({ tracks }: Source, track: Track, seen: Sighting, style: HealthCheckStyle): void {
  if (isScan(tracks.values(), seen.at)) {
    for (const each of tracks.values()) if (!each.isPeriodic) each.learn(SCAN);
    return;
  }
  const found = guess(evidenceOf(seen, style));
  track.learn(refine(found, style, track.cadence), isSignature(found));
}

const keyOf = (proxy: string, source: string | null): string => `${source ?? ''} ${proxy}`;

function trackOf({ tracks }: Source, seen: Sighting, style: HealthCheckStyle): Track {
  const signature = signatureOf(seen, style);
  const known = tracks.get(signature);
  if (known !== undefined) return known;
  if (tracks.size >= MOST_TRACKS) {
    let oldest: [string, Track] | undefined;
    for (const each of tracks) if (oldest === undefined || each[1].lastSeen < oldest[1].lastSeen) oldest = each;
    tracks.delete((oldest as [string, Track])[0]);
  }
  const track = new Track(style, seen.at);
  tracks.set(signature, track);
  return track;
}
