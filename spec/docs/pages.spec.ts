import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { explainEntry } from '../../lib/explain/explain-entry.js';
import { parseCompact } from '../../lib/faults/compact.js';

const TROUBLESHOOTING = readFileSync('docs/troubleshooting.md', 'utf8');
const INDEX = readFileSync('docs/README.md', 'utf8');
/** The pages of docs/, and the index of each folder in it. */
const PAGES = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((name) =>
  /^(?:(?!README)[^/]+|[^/]+\/README)\.md$/.test(name),
);

/** A line of RabbitMQ's log in docs/troubleshooting.md, with what the page says about it. */
type Section = {
  /** The texts that the page explains: the heading, and those that it calls the same. */
  readonly texts: readonly string[];
  /** The `reason.name` that the page names; null if it says that there is none. */
  readonly reason: string | null;
  readonly row: string;
  readonly body: string;
};

const [OF_BROKER = '', OF_PROGRAM = ''] = TROUBLESHOOTING.split('\n## rabbit-snare itself\n');
const SECTIONS: readonly Section[] = OF_BROKER.split(/^### /m)
  .slice(1)
  .map((section) => {
    const [heading = '', ...lines] = section.split('\n');
    const [about = '', ...rest] = lines.join('\n').trim().split('\n\n');
    const [claims = '', same = ''] = about.split('The same: ');
    return {
      texts: [heading, ...(same.match(/`[^`]+`/g) ?? [])].map((text) => text.replaceAll('`', '')),
      reason: /^Reason `(\w+)`/.exec(claims)?.[1] ?? null,
      row: /log-lines\.md#(\w+)\)/.exec(claims)?.[1] ?? '',
      body: rest.join('\n\n'),
    };
  });

const explained = (text: string) => explainEntry({ at: null, level: null, text });

test('docs/troubleshooting.md has sections for lines of the log and for the program', (t) => {
  t.true(SECTIONS.length >= 18);
  t.true(OF_PROGRAM.split(/^### /m).length > 8);
});

for (const { texts, reason, row, body } of SECTIONS) {
  const [heading = ''] = texts;

  test(`docs/troubleshooting.md explains ${heading} as the program does`, (t) => {
    t.is(explained(heading)?.name, row);
    for (const text of texts) {
      const explanation = explained(text);
      t.not(explanation, null, text);
      t.is<string | null, string | null>(explanation?.reason ?? null, reason, text);
    }
    // Lines of the proxy's log and of classify have the reason after the client or the verdict.
    for (const [, shown] of body.matchAll(/^(?:\w+ +amqp [\d.:]+|refuse|none) +(\w+) /gm)) {
      t.true(shown === reason || shown === 'upstream_closed', shown);
    }
  });
}

test('docs/README.md lists every page', (t) => {
  const listed = new Set([...INDEX.matchAll(/\]\(([\w/-]+\.md)/g)].map(([, page = '']) => page));
  t.deepEqual(
    PAGES.filter((page) => !listed.has(page)),
    [],
  );
  t.true(PAGES.length > 20);
});

const ALL = ['README.md', ...PAGES.map((page) => `docs/${page}`)].map((page) => readFileSync(page, 'utf8')).join('\n');

test('every fault that a page adds on one line is valid', (t) => {
  const faults = [...ALL.matchAll(/(?:faults add|run --fault) (?:'([^']+)'|(\w+)`)/g)].map(
    ([, quoted, bare]) => quoted ?? bare,
  );
  t.true(faults.length > 8);
  for (const fault of faults) t.notThrows(() => parseCompact(fault ?? '', { proxy: 'amqp' }), fault);
});

test('every fault that docs/migrating-from-toxiproxy.md names in its table is valid', (t) => {
  const rows = readFileSync('docs/migrating-from-toxiproxy.md', 'utf8').matchAll(/^\|.*\|.*\| ([^|]+) \|$/gm);
  const faults = [...rows]
    .map(([, cell = '']) => (cell.match(/`[^`]+`/g) ?? []).map((word) => word.replaceAll('`', '')))
    .filter(([type = '']) => /^amqp_\w+$/.test(type))
    .map(([type, ...words]) => [type, ...words.filter((word) => word.includes('='))].join(' '));
  t.true(faults.length > 6);
  for (const fault of faults) t.notThrows(() => parseCompact(fault, { proxy: 'amqp' }), fault);
});

test('every scenario that a page names exists', (t) => {
  // Examples of mistakes are rows of a table, with their exit code.
  const text = ALL.replaceAll(/^\|.* \| [12] \| .*$/gm, '');
  const name = /(?:config\/scenarios\/|scenario (?:run|show) |--scenario )([a-z0-9][a-z0-9-]+)(?=\.yaml|[\s`])/g;
  const named = [...text.matchAll(name)].map(([, each]) => each);
  t.true(named.length > 4);
  t.deepEqual(
    named.filter((each) => !existsSync(`config/scenarios/${each}.yaml`)),
    [],
  );
});
