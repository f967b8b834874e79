import test from 'ava';
import { startControl } from '../../support/control.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\ndialect: 3.10\nclose: fin';

test('bytes are classified as the proxy would, and nothing is counted', async (t) => {
  const { call } = await startControl(t, CONFIG);
  await call('POST', '/faults', { type: 'amqp_refuse', when: { source: '10.0.0.0/8' }, times: 1 });
  const refused = await call('POST', '/classify', { text: 'amqp0091', source: '10.1.2.3' });
  t.like(refused.body, {
    proxy: 'amqp',
    dialect: '3.10',
    decision: 'refuse',
    reason: { name: 'bad_header' },
    farewell: '414d515000000901',
    close: 'fin',
    faults: ['fault "amqp_refuse_downstream" (amqp_refuse) acts, hit 1 of 1'],
  });
  const other = await call('POST', '/classify', { octets: '41 4d 51 50 00 00 09 01', source: '192.0.2.1' });
  t.like(other.body, { decision: 'forward', reason: null, farewell: '' });
  t.regex(other.body.faults[0], /does not act: the source is "192.0.2.1"/);
  t.is((await call('GET', '/faults')).body[0].hits, 0);
  t.like((await call('POST', '/classify', { octets: '41', end: 'fin' })).body, { decision: 'none' });
  t.like((await call('POST', '/classify', {})).body, { decision: 'wait' });
});

test('an invalid request is rejected with the reason', async (t) => {
  const { call } = await startControl(t, CONFIG);
  for (const [body, error] of [
    [{ octets: 'xyz' }, /octets: must be pairs of hex digits/],
    [{ octets: '41', text: 'A' }, /octets or text, not both/],
    [{ end: 'bye' }, /end: /],
    [{ surprise: 1 }, /surprise/],
    [[], /bad request body/],
  ] as const) {
    const wrong = await call('POST', '/classify', body);
    t.is(wrong.status, 400, JSON.stringify(body));
    t.regex(wrong.body.error, error);
  }
  t.is((await call('POST', '/classify', { proxy: 'nobody' })).status, 404);
});
