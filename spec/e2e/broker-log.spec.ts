import test from 'ava';
import { EntryReader, type ReadEntry } from '../../lib/broker-log/entry-reader.js';
import { LogSummarizer } from '../../lib/broker-log/log-summary.js';
import { explainEntry } from '../../lib/explain/explain-entry.js';
import { HEADER } from '../support/relayed.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { dialWire } from '../support/wire.js';

test('the log of a real broker is read, explained and summarized', async (t) => {
  const { port, log } = sharedRabbitmq();
  const mark = log.mark();
  const played = [
    { sent: Buffer.from('amqp0091'), reason: 'bad_header', logged: 'bad_header|did not start with AMQP' },
    { sent: Buffer.from('GET / HTTP/1.1\r\n\r\n'), reason: 'bad_header', logged: 'GET / HT|HTTP GET' },
    { sent: Buffer.from('AMQP0091'), reason: 'bad_version', logged: 'bad_version' },
    { sent: Buffer.from('\n'), reason: 'connection_closed_abruptly', logged: 'unexpectedly closed' },
    { sent: Buffer.alloc(0), reason: 'connection_closed_with_no_data_received', logged: 'no_data_received' },
    { sent: HEADER, reason: 'connection_closed_abruptly', logged: 'unexpectedly closed' },
  ] as const;
  const clients = new Map<string, string>();
  for (const { sent, reason, logged } of played) {
    const wire = await dialWire(t, { host: '127.0.0.1', port });
    const client = wire.address;
    if (sent.length > 0) await wire.send(sent);
    if (sent === HEADER) await wire.octets(8);
    wire.fin();
    clients.set(client, reason);
    await mark.waitFor(new RegExp(`closing AMQP connection [^\n]*${client} [^]*?(?:${logged})`));
  }
  const text = await mark.text();
  const entries: ReadEntry[] = [];
  const reader = new EntryReader((entry) => entries.push(entry), Date.now());
  reader.push(Buffer.from(text));
  reader.end();
  t.is(reader.others, 0);
  const explained = new Map(
    entries
      .map((entry) => explainEntry(entry))
      .filter((explanation) => explanation?.reason)
      .map((explanation) => [explanation?.client, explanation?.reason]),
  );
  for (const [client, reason] of clients) t.is(explained.get(client), reason as never, client);
  const summarizer = new LogSummarizer(Date.now());
  summarizer.push(Buffer.from(text));
  summarizer.end();
  const { sources, connections, connectionEntries } = summarizer.result(100);
  t.true(connections.accepted >= played.length && connections.closed >= played.length);
  t.true(connectionEntries >= 2 * played.length);
  for (const { reason } of played)
    t.truthy(sources.find(({ source, explanation }) => source === '127.0.0.1' && explanation.reason === reason));
});
