import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { explainEntry } from '../../lib/explain/explain-entry.js';

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
      texts: [heading, ...same.matchAll(/`([^`]+)`/g)].map((each) =>
        typeof each === 'string' ? each : (each[1] ?? ''),
      ),
      reason: /^Reason `(\w+)`/.exec(claims)?.[1] ?? null,
      row: /log-lines\.md#(\w+)\)/.exec(claims)?.[1] ?? '',
      body: rest.join('\n\n'),
    };
  })
  .map((section) => ({ ...section, texts: section.texts.map((text) => text.replaceAll('`', '')) }));

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
