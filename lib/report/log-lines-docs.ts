import { explainEntry } from '../explain/explain-entry.js';
import type { Explanation } from '../explain/explanation.js';
import type { Family, Row } from '../explain/row.js';
import { TABLE } from '../explain/table.js';
import { UNKNOWN } from '../explain/unknown.js';
import { REASON_DOCS } from './reason-docs.js';

const INTRO = `# Log lines

What RabbitMQ writes to its log about connections, in plain words: who the peer was, what it means, whether to worry, and what to
change. The entries are those of RabbitMQ 3.6 to 4.4. A row shows up to three forms of its entry, of different
versions. The address of the client is \`10.0.0.7:50122\`, that of the broker
\`10.0.0.2:5672\`.

\`rabbit-snare explain\` finds the row for a line, or for a whole log. This page is generated from the same table.

**Worry** is \`no\` for normal operation and health checks, \`maybe\` for entries that matter if they repeat, and \`yes\` for
something that does not work. **Reason** is the \`reason.name\` of the same connection in a [report](reports.md).
`;

const WORRY = { no: 'no', maybe: 'maybe, if it repeats', yes: 'yes' } as const;

/** Returns the text of docs/log-lines.md: the table of explanations, by family, with an anchor for each row. */
export function logLinesDocs(): string {
  const families = [...TABLE, { title: 'Unknown entries', intro: '', of: 'entry', rows: [UNKNOWN] } as const];
  return [INTRO, contents(), reasons(), ...families.map(section)].join('\n');
}

function contents(): string {
  const lines = TABLE.map(({ title, rows }) => `- [${title}](#${anchorOf(title)}): ${rows.map(linkTo).join(', ')}`);
  return `## Contents\n\n${lines.join('\n')}\n`;
}

/** The rows of each reason that a broker logs. */
function reasons(): string {
  const rows = Object.entries(REASON_DOCS).flatMap(([name, { text }]) => {
    const own = TABLE.flatMap((family) => family.rows).filter((row) => explained(row).reason === name);
    return own.length === 0 ? [] : [`| \`${name}\` | ${text} | ${own.map(linkTo).join(', ')} |`];
  });
  return `## By reason\n\n| reason | meaning | rows |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function section({ title, intro, rows }: Pick<Family, 'title' | 'intro' | 'rows'>): string {
  return [`## ${title}\n`, ...(intro === '' ? [] : [`${intro}\n`]), ...rows.map(entry)].join('\n');
}

function entry(row: Row): string {
  const { what, cause, worry, fix, reason } = explained(row);
  return [
    `### ${row.name}\n`,
    `\`\`\`text\n${shown(row.examples)}\n\`\`\`\n`,
    `${what}\n`,
    `- **Cause:** ${cause}`,
    `- **Worry:** ${WORRY[worry]}`,
    `- **Fix:** ${fix}`,
    ...(reason === null ? [] : [`- **Reason:** \`${reason}\``]),
    '',
  ].join('\n');
}

/** As many forms of an entry as help to find it. */
const SHOWN = 3;

const shown = (examples: readonly string[]): string =>
  examples
    .slice(0, SHOWN)
    .map((example) => example.trim())
    .join('\n\n');

/** The explanation of a row's first example. @throws Error for a row that another one precedes */
function explained({ name, examples }: Row): Explanation {
  const explanation = explainEntry({ at: null, level: null, text: examples[0] });
  if (explanation?.name !== name) throw new Error(`the example of ${name} is explained by ${explanation?.name}`);
  return explanation;
}

const linkTo = ({ name }: Row): string => `[${name}](#${name})`;
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
