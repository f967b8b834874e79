import { readFile, writeFile } from 'node:fs/promises';
import test from 'ava';
import { CASES, type Case } from '../support/client-faults/cases.js';
import { documentOf } from '../support/client-faults/document.js';
import { type Client, play } from '../support/client-faults/play.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { runToEnd } from '../support/run-to-end.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const DOCUMENT = 'docs/clients.md';
const STALE = `${DOCUMENT} is stale; run: UPDATE=1 npm run spec -- spec/e2e/client-faults.spec.ts`;
/** How many clients run at the same time. */
const AT_ONCE = 10;

test('docs/clients.md matches what clients report for each fault', async (t) => {
  t.timeout(120_000);
  const clients = await findClients((line) => t.log(line));
  const upstream = `127.0.0.1:${sharedRabbitmq().port}`;
  const said = new Map<Case, string[]>(CASES.map((each) => [each, []]));
  const plays = CASES.toSorted((a, b) => Number(isLong(b)) - Number(isLong(a))).flatMap((each) =>
    clients.map((client, at) => async () => {
      (said.get(each) as string[])[at] = await play(client, each, upstream);
    }),
  );
  const rest = plays.values();
  const work = async (): Promise<void> => {
    for (const next of rest) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const document = documentOf(clients, said);
  if (process.env['UPDATE'] === '1') await writeFile(DOCUMENT, document);
  const written = sectionsOf(await readFile(DOCUMENT, 'utf8'));
  const seen = sectionsOf(document);
  t.deepEqual(seen.map(nameOf), written.map(nameOf), STALE);
  for (const [at, section] of seen.entries()) {
    // The distribution determines the version of pika, and another version can report something else.
    const isOther = nameOf(section) === 'pika' && titleOf(section) !== titleOf(written[at] as string);
    if (isOther) t.log(`not compared: ${DOCUMENT} has another version than ${titleOf(section)}`);
    else t.is(written[at], section, STALE);
  }
});

/** These clients start first, and the others run meanwhile. */
function isLong({ endless, stay = 0 }: Case): boolean {
  return endless === true || stay > 0;
}

function sectionsOf(document: string): readonly string[] {
  return document.split(/^(?=## )/m);
}

/** `## pika 1.2.0` */
function titleOf(section: string): string {
  return section.split('\n', 1)[0] as string;
}

function nameOf(section: string): string {
  return titleOf(section).split(' ')[1] as string;
}

async function findClients(say: (line: string) => void): Promise<readonly Client[]> {
  const [python = ''] = await findPrograms([DEBIAN_PROGRAMS.pika], say);
  const { stdout } = await runToEnd(python, ['-c', 'import pika; print(pika.__version__)']);
  const session = (name: string) => `dist/spec/support/client-faults/${name}-session.js`;
  return [
    { name: 'amqplib', version: await versionOf('amqplib'), command: [process.execPath, session('amqplib')] },
    {
      name: '@cloudamqp/amqp-client',
      version: await versionOf('@cloudamqp/amqp-client'),
      command: [process.execPath, session('amqp-client')],
    },
    {
      name: 'pika',
      version: stdout.trim(),
      command: [python, 'spec/support/clients/pika_session.py'],
    },
  ];
}

async function versionOf(name: string): Promise<string> {
  const { version } = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8')) as { version: string };
  return version;
}
