import { readFileSync } from 'node:fs';
import type { HeaderRules, Input } from '../../lib/amqp/classifier.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { ascii, concat, hex } from './bytes.js';

/*
 * The recorded behavior of real brokers, from spec/fixtures/golden. See its README.md.
 */

type Octets = {
  readonly text?: string;
  readonly hex?: string;
  readonly ref?: string;
  readonly repeat?: number;
};
/** A duration is in ms, or a number of handshake timeouts. */
type Duration = number | { readonly ht: number };
export type Step =
  | 'fin'
  | 'rst'
  | {
      readonly send?: Octets | readonly Octets[];
      readonly wait?: Duration;
      readonly quiet?: Duration;
      readonly awaitFrames?: number;
    };
type Played = { readonly name: string; readonly group: string; readonly steps: readonly Step[] };

export type LogEntry = { readonly level: string; readonly text: string; readonly afterProbeLeft?: true };
export type Outcome = {
  readonly end: 'fin' | 'rst' | 'open' | 'client-rst';
  readonly endMs: readonly [least: number, most: number];
  readonly received: { readonly hex: string };
  readonly log: readonly LogEntry[];
};
export type Measured = { readonly name: string; readonly group: string; readonly outcomes: readonly Outcome[] };

/** The recorded brokers, and the classifier rules that reproduce each. */
export const BROKERS = ['3.8.9', '3.10.8', '3.10.8-linger-off', '3.10.8-amqp1_0', '4.0.5', '4.3.6'].map((name) => {
  const [version, variant] = name.split(/-/) as [string, string?];
  const rules: HeaderRules = { dialect: dialectOf(version), amqp10: variant === 'amqp1_0', undecided: [] };
  return { name, rules };
});

/** The term for a client whose reset came before the broker's answer and hid the decision. */
const INET_ERROR = '{inet_error,closed}';

/** The cases that the protocol header decides, alone or with what follows. */
export const HEADER_GROUPS = ['no-data', 'partial', 'bad-header', 'bad-version', 'amqp-1-0', 'header'] as const;

const read = (file: string) => JSON.parse(readFileSync(`spec/fixtures/golden/${file}.json`, 'utf8'));

const { fragments, cases } = read('cases') as {
  readonly fragments: Readonly<Record<string, { readonly hex: string }>>;
  readonly cases: readonly Played[];
};

/** A recorded broker: `3.10.8`, `3.10.8-linger-off`. */
export function measured(broker: string, groups: readonly string[] = HEADER_GROUPS): readonly Measured[] {
  const { cases: all } = read(`rabbitmq-${broker}`) as { readonly cases: readonly Measured[] };
  return all.filter(({ group }) => groups.includes(group));
}

/** What the client does in a case. */
export function stepsOf(name: string): readonly Step[] {
  const played = cases.find((each) => each.name === name);
  if (!played) throw new Error(`no case ${name}`);
  return played.steps;
}

/** What a step sends. */
export const sentIn = (send: Octets | readonly Octets[]): Uint8Array => concat(...[send].flat().map(octetsOf));

/** The inputs of the classifier for a case: its writes, then its end. */
export function inputsOf(name: string): readonly Input[] {
  const inputs: Input[] = [];
  for (const step of stepsOf(name)) {
    if (typeof step === 'string') inputs.push({ type: 'end' });
    else if (step.send) inputs.push({ type: 'data', octets: sentIn(step.send) });
  }
  // For a client that neither closes nor continues, the broker's timer fires.
  return inputs.some(({ type }) => type === 'end') ? inputs : [...inputs, { type: 'timeout' }];
}

function octetsOf({ text, hex: digits, ref, repeat = 1 }: Octets): Uint8Array {
  const once = text === undefined ? hex(digits ?? (fragments[ref as string] as { hex: string }).hex) : ascii(text);
  return Buffer.alloc(once.length * repeat, once);
}

/** The two entries of a connection, without those of other parts of the broker. */
export const connectionEntries = ({ log }: Outcome): readonly LogEntry[] =>
  log.filter(({ text }) => /^(accepting|closing) AMQP/.test(text));

/**
 * The text after the first line of a closing entry; for `sasl_required`, after its name. Undefined when a client's reset
 * was so fast that the broker logged nothing else.
 */
export function termIn(outcome: Outcome): string | undefined {
  const closing = connectionEntries(outcome)[1];
  const term = closing && /\):[ \n](.*)$/s.exec(closing.text)?.[1];
  return term === INET_ERROR ? undefined : term;
}
