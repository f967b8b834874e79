import test from 'ava';
import { configDocs } from '../../lib/config/docs.js';
import { variableOf } from '../../lib/config/given.js';
import { keys } from '../../lib/config/keys.js';

const docs = configDocs();

test('every key has one row, with its flag and its variable', (t) => {
  for (const { path, notes } of keys) {
    const rows = docs.split('\n').filter((line) => line.startsWith(`| \`${path.join('.')}\``));
    t.is(rows.length, 1, path.join('.'));
    if (notes.flag === null) continue;
    t.true(rows[0]?.includes(`\`--${notes.flag}\`<br>\`${variableOf(notes.flag)}\``), notes.flag);
  }
});

test('values are described in words, with the bounds of integers', (t) => {
  t.regex(docs, /`handshakeTimeout`.* \| duration \| `10s` \(RabbitMQ's `handshake_timeout`\) \| Time/);
  t.regex(docs, /`upstream`.* \| `HOST:PORT`, `auto` or `stand-in` \| `auto` \|/);
  t.regex(docs, /`reports\.history`.* \| integer, 0 to 100000 \| `1000` \|/);
  t.regex(
    docs,
    /`proxyProtocol\.trustedSources`.* \| list of IP addresses or subnets \| `127\.0\.0\.0\/8`, `::1\/128` \|/,
  );
  t.regex(docs, /`readyFile`.* \| path \| none \|/);
});

test('the docs contain no syntax placeholder', (t) => {
  const values = docs.split('\n').flatMap((line) => (line.startsWith('| `') ? (line.split(' | ')[1] ?? []) : []));
  t.is(values.length, keys.length);
  t.deepEqual(
    values.filter((value) => /\b[A-Z]{4,}\b/.test(value) && !value.includes('HOST:PORT') && !value.includes('ASCII')),
    [],
  );
});
