import type * as z from 'zod';
import { type Json, notesOf } from './attribute.js';
import type { FaultType } from './fault-type.js';
import { KINDS, OF_MESSAGES } from './kind.js';
import { FAULT_TYPES } from './registry.js';
import { CONDITIONS } from './when.js';

const HEAD = `# Faults

Generated from lib/faults (npm run generate).

A fault is a map with the keys \`type\`, \`name\`, \`proxy\`, \`stream\`, \`toxicity\`, \`attributes\`, \`when\` and \`times\`. Faults act on
new connections and, where the type allows it, on connections that are already open. If several faults act on a
connection, they act in the order in which they were added.

| key | default | description |
| --- | --- | --- |
| \`type\` | required | one of the types below |
| \`name\` | \`TYPE_STREAM\` | unique within its proxy; \`PROXY/NAME\` is the ID of the fault |
| \`proxy\` | the only proxy | the name of the proxy; required if there are several |
| \`stream\` | \`downstream\` | the direction: \`downstream\` is to the client, \`upstream\` to the broker |
| \`toxicity\` | 1 | the probability that the fault acts on a connection, from 0 to 1 |
| \`attributes\` | \`{}\` | the attributes of its type |
| \`when\` | \`{}\` | conditions; the fault acts only if all of them hold |
| \`times\` | no limit | the number of connections on which the fault acts, after which it is spent |

The random number that is compared with \`toxicity\` depends only on the seed, the names of the proxy and the fault, and the
number of the connection, so it is the same in every run. A change of \`toxicity\` or of conditions also applies to open
connections.

Durations are milliseconds, or text such as \`2s\`. Sizes are bytes, or text such as \`64KiB\`. \`null\` means the default.

## Switch a fault off

\`PATCH /faults/{id}\` with \`{"enabled": false}\` switches a fault off, and so does
\`rabbit-snare faults update ID enabled=false\`. It then acts on nothing: on open connections it is undone as if it were removed. It
keeps its place among the faults, its attributes, its hits and its \`times\`, and \`after\` and \`until\` still count from when it was
added. Switched on again, it acts on new connections, and on open ones as a stream fault or at \`running\`. A connection on
which it has acted before is not another hit.

A fault that is off can be changed or removed, and Toxiproxy's API shows it as a toxic like any other. When the config is
reloaded, a fault of the config stays off unless its entry has changed; then it is a new fault, which is on.

## One line

On one line, a fault is its type followed by its keys: \`amqp_close at=open code=320 times=2\`. Quote values that contain
spaces.`;

const CONDITIONS_HEAD = `## Conditions

Conditions go under \`when\`. They and \`times\` are also accepted among the attributes. A fault that acts before one of its
conditions is known is rejected; a stream fault waits until its conditions are known.`;

const SCHEDULE = `## Windows

\`when: {every: 30s, for: 5s}\` makes a fault act in windows: in the first 5 s of every 30 s, counted from when it was added or
after its \`after\`, and until its \`until\`. In a range, each time is drawn: with \`{every: 20s..40s, for: 1s..5s}\`, windows start
20 to 40 s apart and last 1 to 5 s. The times depend only on the seed, the names of the proxy and the fault, and the number of the
window, so they are the same in every run. The end of a window undoes the fault on open connections, as if it were removed, and the
next one lets it act on them again as a stream fault or at \`running\`. A connection counts as one hit, however many windows it
sees.

## Ramps

An attribute that is a number, a duration or a size can be a ramp: \`latency: {from: 0, to: 2s, over: 60s}\`, or
\`latency=0..2s/60s\` on one line. Its value changes evenly from when the fault was added, or after its \`after\`, and then stays at
\`to\`. Values are whole numbers in the unit of the attribute, and \`to\` may be less than \`from\`. A fault uses the value of the time
at which it acts: \`latency\` delays each byte by the delay of the time at which it arrived, on open connections too.

\`GET /faults\` shows a ramp as it was given and its current value in \`valuesNow\`, and whether a fault acts now in \`state\`:
\`active\`, \`off\`, \`spent\`, \`waiting\` (before \`after\`), \`pausing\` (between two windows) or \`over\`. \`changesAt\` is when time changes
that. Toxiproxy's API accepts ramps as maps, and shows the current values instead.`;

const MOMENTS = `## Moments

\`at\` is the moment at which a handshake fault acts: \`accept\` (before anything is read), \`header\` (when octet number
\`octets\` of the protocol header has arrived), or the arrival of a method at the proxy: \`start\`, \`start-ok\`, \`tune\`,
\`tune-ok\`, \`open\` and \`running\` (Open-Ok). Start, Tune and Open-Ok come from the broker, the others from the client.
\`place\` is how much of that method is passed on: \`before\` none of it, \`middle\` half of it, \`after\` all of it.
On a proxy with \`tls\`, \`accept\` is before the TLS handshake. TLS faults have moments of their own: see [tls.md](tls.md#make-tls-fail).

When a fault closes the client's connection, the proxy also ends the connection to the broker:

- At \`running\`, the proxy sends Close with code 200 and waits for Close-Ok.
- At \`open\`, the proxy passes on Open, waits for Open-Ok, and then closes as at \`running\`.
- Earlier, or if the client's last frame is incomplete, the proxy sends a FIN. The broker logs one warning for a FIN during
  the handshake.

The proxy waits at most 5 s for a broker that does not answer.

## Health checks

A step of a [scenario](testing.md#scenarios) can also make the health checks of a proxy fail, or answer them at the proxy:
\`{healthChecks: fail, proxy: amqp, after: 1s, until: 10s}\`. The value is that of the setting
\`healthChecks\`: see [Answer health checks](health-checks.md#answer-health-checks). At the end of the step, the proxy's own setting is back.`;

/** What the faults of a kind have in common. */
const ABOUT: Readonly<Record<string, string>> = {
  [OF_MESSAGES]: `These faults act on single messages of open AMQP 0-9-1 connections, which stay open: a method of a channel, with its
content. \`method\`, \`queue\`, \`exchange\` and \`routing_key\` under \`when\` choose messages. \`count\` limits how many there are on a
connection, and \`share\` is the probability for each. A fault that has no such condition acts on every message of its kind:
\`amqp_channel_close code=404 queue=orders count=1\`.

- The broker is always told what keeps the channel in order: it closes a channel that the proxy has closed for the client, cancels
  the consumer, and goes on numbering messages as the client does.
- What a fault holds back is passed on when the fault is removed, and when the broker closes the connection.
- A fault that is added to an open connection does not know what was done on its channels before. It does not know the queues of
  their consumers. If publisher confirms were turned on before, each confirm counts as one message, conditions for messages do
  not hold, and confirms are not collapsed.
- Contents are held until they are complete, at most 2 MiB of them in each direction of a connection. Larger ones pass in pieces. The
  bytes of connections on which no such fault acts are not read.`,
};

/** Returns the text of docs/faults.md: every type with its attributes and their defaults. */
export function faultDocs(): string {
  const kinds = KINDS.map(({ title, is }) => ({ title, types: FAULT_TYPES.filter(is) }))
    .filter(({ types }) => types.length > 0)
    .map(({ title, types }) =>
      [`## ${title}`, ...(ABOUT[title] === undefined ? [] : [ABOUT[title]]), ...types.map(section)].join('\n\n'),
    );
  return `${[HEAD, [CONDITIONS_HEAD, conditions()].join('\n\n'), SCHEDULE, MOMENTS, ...kinds].join('\n\n')}\n`;
}

/** Returns one line for each type with its attributes, for `--help`. */
export function faultHelp(): string {
  return FAULT_TYPES.map(({ name, attributes }) => {
    const keys = Object.entries(attributes).map(
      ([key, schema]) => `${key}=${notesOf(schema).syntax.replaceAll(' ', '')}`,
    );
    return [name, ...keys].join(' ');
  }).join('\n');
}

function section(type: FaultType): string {
  const { name, description, attributes, acts } = type;
  const rows = Object.entries<z.ZodType>(attributes).map(([key, schema]) => {
    const { description, syntax, unit } = notesOf(schema);
    const kind = syntax === 'DURATION' || syntax === 'SIZE' || syntax === 'N' ? (unit ?? 'number') : `\`${syntax}\``;
    return row(`\`${key}\``, kind, defaultOf(schema), description);
  });
  const table = ['| attribute | value | default | description |\n| --- | --- | --- | --- |', ...rows].join('\n');
  const choice = acts === 'listener' ? ['Accepts only the conditions `after`, `until`, `every` and `for`.'] : [];
  const both = acts === 'stream' && type.isOfBothDirections ? ['Acts on both directions, whatever `stream` is.'] : [];
  return [`### ${name}`, description, ...choice, ...both, ...(rows.length > 0 ? [table] : [])].join('\n\n');
}

function conditions(): string {
  const rows = Object.entries(CONDITIONS).map(([key, { syntax, known, description }]) =>
    row(`\`${key}\``, `\`${syntax}\``, `\`${known}\``, description),
  );
  return ['| condition | value | known from | description |\n| --- | --- | --- | --- |', ...rows].join('\n');
}

function defaultOf(schema: z.ZodType): string {
  const { default: value, defaultIs } = notesOf(schema) as { readonly default: Json; readonly defaultIs?: string };
  return value === null ? (defaultIs ?? 'none') : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
