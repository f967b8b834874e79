import test from 'ava';
import { matchingOpen, openPath } from '../../../lib/dashboard/open/open-filter.js';
import type { OpenConnection } from '../../../lib/report/report.js';

const SAMPLE: OpenConnection = {
  id: 'a-1',
  proxy: 'amqp',
  at: '2026-11-28T19:44:08.505Z',
  client: '10.0.0.1:4000',
  via: null,
  listen: '127.0.0.1:5673',
  upstream: null,
  stage: 'header',
  octets: { received: 0, sent: 0 },
  upstreamOctets: null,
  handshake: null,
};
const ALL: readonly OpenConnection[] = [
  SAMPLE,
  { ...SAMPLE, id: 'a-2', proxy: 'other', stage: 'running', at: '2026-11-28T19:44:07.505Z' },
  { ...SAMPLE, id: 'a-3', client: null, at: '2026-11-28T19:44:09.505Z' },
];
const ids = (filter: Readonly<Record<string, string>>): string[] => matchingOpen(ALL, filter).map(({ id }) => id);

test('open connections are listed oldest first', (t) => {
  t.deepEqual(ids({}), ['a-2', 'a-1', 'a-3']);
});

test('open connections are found by stage, proxy, and the start of the address', (t) => {
  t.deepEqual(ids({ stage: 'header' }), ['a-1', 'a-3']);
  t.deepEqual(ids({ proxy: 'other' }), ['a-2']);
  t.deepEqual(ids({ client: '10.0.' }), ['a-2', 'a-1']);
  t.deepEqual(ids({ client: '10.0.', stage: 'running', proxy: 'amqp' }), []);
});

test('the server is asked for the stage and the proxy, so that the limit counts only what matches', (t) => {
  t.is(
    openPath({ stage: 'header', proxy: 'amqp', client: '10.0.0.1' }, 10),
    '/connections?stage=header&proxy=amqp&limit=10',
  );
  t.is(openPath({ stage: '' }, 10), '/connections?limit=10');
});
