import type { LooksLike } from '../amqp/looks-like.js';
import type { ReasonName } from '../amqp/reason.js';

/** What an entry of a broker's log means. */
export type Explanation = {
  /** The name of the row in the table of explanations, such as `bad_header`, `amqp_frame_on_http` or `login_refused`. */
  readonly name: string;
  /** The report's name for the same end of a connection; null if the entry is not about the end of a connection. */
  readonly reason: ReasonName | null;
  /** The client, `10.0.0.7:50122`; null if the entry does not name it. */
  readonly client: string | null;
  /** The broker's own address, `10.0.0.2:5672`; null if the entry does not name it. */
  readonly listener: string | null;
  readonly user: string | null;
  readonly vhost: string | null;
  /** What the client probably is, from the first bytes that the entry shows. */
  readonly looksLike: LooksLike | null;
  /** What happened, in plain words that name the peer. */
  readonly what: string;
  /** The usual cause. */
  readonly cause: string;
  /** `no`: normal operation or a health check. `maybe`: look if it repeats. `yes`: something does not work. */
  readonly worry: 'no' | 'maybe' | 'yes';
  /** What to change, with the exact line or command where there is one. */
  readonly fix: string;
  /** The page about it, relative to the docs folder: `log-lines.md#bad_header`. */
  readonly docs: string;
};
