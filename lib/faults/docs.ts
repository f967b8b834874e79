import type * as z from 'zod';
import { type Json, notesOf } from './attribute.js';
import { FAULT_TYPES } from './registry.js';
import { CONDITIONS } from './when.js';

type Type = (typeof FAULT_TYPES)[number];

const HEAD = `# Faults

Generated from lib/faults (npm run generate).

A fault is data: \`{name, type, proxy, stream, toxicity, attributes, when, times}\`. It acts on connections that are open as
well as on new ones where its type allows it. Several act in the order in which they were added.

| key | default | |
| --- | --- | --- |
| \`type\` | required | one of the types below |
| \`name\` | \`TYPE_STREAM\` | with the proxy it is the id: \`PROXY/NAME\` |
| \`stream\` | \`downstream\` | the direction: \`downstream\` is towards the client, \`upstream\` towards the broker |
| \`toxicity\` | 1 | the chance that it acts on a connection: one number is drawn for each, by the seed, the names of proxy and fault and the number of the connection alone, so that it is the same in every run. Another toxicity, and other conditions, count for open connections, too |
| \`attributes\` | \`{}\` | those of its type |
| \`when\` | \`{}\` | conditions, all of which must hold |
| \`times\` | no limit | connections on which it acts, then it is spent |

Times are milliseconds, or texts such as \`2s\`; sizes are octets, or texts such as \`64KiB\`. What is null has its default.
On one line a fault is its type and then its keys: \`amqp_close at=open code=320 times=2\`; a value with blanks stands in
quotes.`;

const CONDITIONS_HEAD = `## Conditions

They stand under \`when\`, or among the attributes, as \`times\` may, and never mean anything else there. A condition that is not known
yet when the fault acts is refused; a fault of the stream waits until its conditions are known.`;

const MOMENTS = `## Moments

\`at\` says when a fault of the handshake acts: \`accept\` (nothing was read), \`header\` (octet number \`octets\` has come),
\`start\`, \`start-ok\`, \`tune\`, \`tune-ok\`, \`open\` and \`running\` (Open-Ok). It acts when the method that makes the moment has
arrived at the proxy: Start, Tune and Open-Ok from the broker, the others from the client. \`place\` says what becomes of that
method: \`before\` passes nothing of it on, \`middle\` half of it, \`after\` all of it.

When the proxy ends a connection for its client, the broker sees: in \`running\` Close 200, whose Close-Ok is waited for; at
\`open\` Open is passed on and Open-Ok awaited, then the same; earlier a FIN, which costs one warning in the broker's log.
A broker that does not answer is waited for 5 s. In the middle of a frame that the client will not complete, it is a FIN too.`;

const KINDS: readonly { readonly title: string; readonly is: (type: Type) => boolean }[] = [
  {
    title: "Faults of the stream: Toxiproxy's, in its units",
    is: ({ acts }) => acts === 'stream',
  },
  { title: 'Faults of the handshake and of frames', is: ({ acts }) => acts === 'handshake' },
  {
    title: 'Faults before the connection',
    is: ({ acts }) => acts === 'listener' || acts === 'accept',
  },
];

/** The text of docs/faults.md: every type with its attributes and their defaults. */
export function faultDocs(): string {
  const kinds = KINDS.map(({ title, is }) =>
    [`## ${title}`, ...FAULT_TYPES.filter(is).map((type) => section(type))].join('\n\n'),
  );
  return `${[HEAD, [CONDITIONS_HEAD, conditions()].join('\n\n'), MOMENTS, ...kinds].join('\n\n')}\n`;
}

/** The types with their attributes on a line each, for the help of a command line. */
export function faultHelp(): string {
  return FAULT_TYPES.map(({ name, attributes }) => {
    const keys = Object.entries(attributes).map(
      ([key, schema]) => `${key}=${notesOf(schema).syntax.replaceAll(' ', '')}`,
    );
    return [name, ...keys].join(' ');
  }).join('\n');
}

function section({ name, description, attributes, acts }: Type): string {
  const rows = Object.entries<z.ZodType>(attributes).map(([key, schema]) => {
    const { description, syntax, unit } = notesOf(schema);
    const kind = syntax === 'DURATION' || syntax === 'SIZE' || syntax === 'N' ? (unit ?? 'number') : `\`${syntax}\``;
    return row(`\`${key}\``, kind, defaultOf(schema), description);
  });
  const table = ['| attribute | | default | |\n| --- | --- | --- | --- |', ...rows].join('\n');
  const choice = acts === 'listener' ? ['Only `after` and `until` choose.'] : [];
  return [`### ${name}`, description, ...choice, ...(rows.length > 0 ? [table] : [])].join('\n\n');
}

function conditions(): string {
  const rows = Object.entries(CONDITIONS).map(([key, { syntax, known, description }]) =>
    row(`\`${key}\``, `\`${syntax}\``, `\`${known}\``, description),
  );
  return ['| condition | | known at | |\n| --- | --- | --- | --- |', ...rows].join('\n');
}

function defaultOf(schema: z.ZodType): string {
  const { default: value, defaultIs } = notesOf(schema) as { readonly default: Json; readonly defaultIs?: string };
  return value === null ? (defaultIs ?? 'none') : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
