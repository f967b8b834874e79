import type { HeaderRules } from '../amqp/classifier.js';
import type { Dialect } from '../amqp/dialect.js';
import type { Follower } from '../amqp/follower.js';
import { NOTHING_SAID } from '../amqp/handshake.js';
import { quadOf } from '../amqp/header.js';
import { headerRules, type Learned, NOTHING_LEARNED } from '../rules/header-rules.js';
import { type BrokerAnswer, learn } from '../rules/learn.js';
import { LearnedStarts } from './learned-starts.js';
import type { ProxySettings } from './proxy-settings.js';

/** What a proxy has learned about its upstream. */
export class Learning {
  learned: Learned = NOTHING_LEARNED;
  /** The rules for the next connection. */
  rules: HeaderRules;
  /** What the upstream is known to accept. */
  accepted = { payload: 0 };
  starts = new LearnedStarts();
  private settings: ProxySettings;
  private readonly news: (learned: Learned) => void;

  /** @param news called when the product or the version of the upstream has become known */
  constructor(settings: ProxySettings, news: (learned: Learned) => void) {
    this.settings = settings;
    this.news = news;
    this.rules = headerRules(settings, this.learned);
  }

  /** Applies other settings. What was learned about another upstream is forgotten. */
  reconfigure(settings: ProxySettings): void {
    if (settings.upstream.label !== this.settings.upstream.label) {
      this.learned = NOTHING_LEARNED;
      this.accepted = { payload: 0 };
      this.starts = new LearnedStarts();
    }
    this.settings = settings;
    this.rules = headerRules(settings, this.learned);
  }

  /**
   * Learns from the upstream's answer.
   *
   * @param settings those with which the connection began
   * @returns the dialect of the rest of that connection; null: it stays the same
   */
  meet(settings: ProxySettings, { conversation, answer }: Follower, header: Uint8Array): Dialect | null {
    if (settings.dialect !== 'auto' || settings.upstream.label === 'stand-in') return null;
    const { serverProduct: product, serverVersion: version } = conversation?.handshake ?? NOTHING_SAID;
    const said = { product, version, asked: quadOf(header) ?? null, answer };
    // Another upstream may have been configured since the connection began.
    if (settings.upstream.label === this.settings.upstream.label && this.settings.dialect === 'auto') this.learn(said);
    if (product === null) return null;
    const { dialect } = learn(this.learned, said);
    return dialect === this.rules.dialect.name
      ? this.rules.dialect
      : headerRules(settings, { ...NOTHING_LEARNED, dialect }).dialect;
  }

  private learn(said: BrokerAnswer): void {
    const known = this.learned;
    const learned = learn(known, said);
    if (learned === known) return;
    this.learned = learned;
    this.rules = headerRules(this.settings, learned);
    const isNews = learned.product !== known.product || learned.version !== known.version;
    if (!isNews) return;
    this.accepted.payload = 0;
    this.news(learned);
  }
}
