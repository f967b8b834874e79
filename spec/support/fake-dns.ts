import { isIPv6 } from 'node:net';
import type { Lookup, LookupCallback } from '../../lib/proxy/lookup.js';

/** What DNS says about a name: its addresses, an error code, or nothing at all. */
export type DnsAnswer = readonly string[] | 'ENOTFOUND' | 'EAI_AGAIN' | 'silence';

/** Resolves all names to `answer`, which a spec can change at any time. */
export class FakeDns {
  answer: DnsAnswer;
  /** The names that were asked for. */
  readonly asked: string[] = [];
  private readonly unanswered = new Set<LookupCallback>();

  constructor(answer: DnsAnswer) {
    this.answer = answer;
  }

  /** Lookups that were neither answered nor canceled. */
  get pending(): number {
    return this.unanswered.size;
  }

  readonly lookup: Lookup = (host, _options, callback) => {
    const { answer } = this;
    this.asked.push(host);
    this.unanswered.add(callback);
    if (answer !== 'silence') {
      setImmediate(() => {
        if (!this.unanswered.delete(callback)) return;
        if (typeof answer === 'string') callback(Object.assign(new Error(answer), { code: answer }), []);
        else callback(null, addressesIn(answer));
      });
    }
    return () => this.unanswered.delete(callback);
  };
}

const addressesIn = (answer: readonly string[]) =>
  answer.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
