import test from 'ava';
import { listening } from '../../support/instance.js';
import { RecordedPorts } from '../../support/recorded-ports.js';
import { startServer } from '../../support/server.js';
import { callsTo, startToxiproxy } from '../../support/toxiproxy.js';
import { exchangesOf } from '../../support/toxiproxy-exchanges.js';
import { dialWire } from '../../support/wire.js';

/** Returns Toxiproxy's series and values. */
function seriesIn(text: string): readonly string[] {
  const series = [...text.matchAll(/^(toxiproxy_\w+)\{(.*)\} (\S+)$/gm)];
  return series.map(([, name, labels, value]) => `${name} ${labels} ${value}`).sort();
}

test('bytes are counted as Toxiproxy counts them, with its labels in its order, including open connections', async (t) => {
  const [recorded] = exchangesOf('with -proxy-metrics');
  const call = callsTo((await startToxiproxy(t)).url);
  const echo = await startServer(t, (client) => client.on('data', (octets) => client.write(octets)));
  const upstream = `127.0.0.1:${echo.port}`;
  const made = await call('POST', '/proxies', { name: 'rmq', listen: '127.0.0.1:0', upstream });
  const client = await dialWire(t, listening(made.json.listen));
  await client.send('hello');
  await client.octets(5);
  const ports = new RecordedPorts(
    new Map([
      ['26300', listening(made.json.listen).port],
      ['26999', echo.port],
    ]),
  );
  const got = await call('GET', '/metrics');
  t.is(got.status, 200);
  t.is(got.headers['content-type'], recorded?.response.headers['content-type']);
  const expected = seriesIn(ports.translate(recorded?.response.body ?? ''));
  t.is(expected.length, 4);
  t.deepEqual(seriesIn(got.body), expected);
});
