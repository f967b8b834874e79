import test from 'ava';
import { startControl } from '../../support/control.js';
import { freePort } from '../../support/free-port.js';
import { differenceOf, type Exchange, exchanges, send, withPorts } from '../../support/toxiproxy-exchanges.js';

/** Keys that only one of the two has: our own, and a leak of theirs. */
const OWN_KEYS = ['Logger', 'mode', 'dialect', 'learned', 'when', 'times', 'product', 'productVersion'];

const KEPT_AS_ASKED = '0.0.0.0 stays as it was asked for';
const KEEPS_LISTENER = 'a listener that cannot be had leaves the old one alone';
const WHOLE = '100.0 is 100';
const ALL_OR_NOTHING = 'an update is done whole or not at all';
const EMPTY_LIST = 'an empty list, which clients can iterate over';
const OTHER_TEXT = 'the words of another JSON parser';
const OWN_TEXT = 'what must be, in our own words';
const REPEATABLE = 'what was asked for is compared, so that repeating a populate changes nothing';

/** Where it is better to be different, by the titles of the exchanges, and why. */
const DIFFERENT: { readonly [title: string]: string } = {
  'metrics when no metrics flag was given': 'metrics are always there',
  'create, all IPv4 addresses': KEPT_AS_ASKED,
  'create, text after the JSON value is not read': 'what is no JSON is refused',
  'broken JSON': OTHER_TEXT,
  'not an object': OWN_TEXT,
  'wrong type of a field': OWN_TEXT,
  'wrong type of enabled': OWN_TEXT,
  'wrong type in an update': OWN_TEXT,
  'attributes not an object': OWN_TEXT,
  'fraction for a whole number': OWN_TEXT,
  'text for a number': OWN_TEXT,
  'new listen with an unknown host name': OWN_TEXT,
  'list: an object keyed by name, keys sorted': KEPT_AS_ASKED,
  '...the proxy is left disabled, on the address it could not take': KEEPS_LISTENER,
  '0.0.0.0 is stored as [::], so sending 0.0.0.0 again counts as a change and restarts the proxy': KEPT_AS_ASKED,
  'empty upstream in an update is not refused': 'it is refused, as in a create',
  'whole number in float form': WHOLE,
  'list: upstream toxics first, then downstream, each in the order added': WHOLE,
  'update, wrong type: what was decoded before the error stays': OWN_TEXT,
  '...read back': ALL_OR_NOTHING,
  'show the proxy with its toxics': WHOLE,
  'toxics outlive a disable': WHOLE,
  '...after it': KEPT_AS_ASKED,
  'empty list': EMPTY_LIST,
  null: EMPTY_LIST,
  'not a list': OWN_TEXT,
  'same name twice in one list: the second replaces the first': 'a name has one entry in the answer',
  'everything at the end': KEPT_AS_ASKED,
  'same again: replaced, the toxic is gone, because the stored text localhost is compared with the resolved 127.0.0.1':
    REPEATABLE,
  '...percent-encoded': 'a name with a slash can be addressed',
  'update with a form content type, as the Java client sends it': REPEATABLE,
};

/** Before its third section the recording was left with these. */
const LEFT = ['rmq', 'eph', 'any4', 'off'];
const SECTION = 'Reading, updating and deleting proxies';

/** JSON errors are sent as JSON. */
function asJson(exchange: Exchange): Exchange {
  const isError = exchange.answer.startsWith('{"error"');
  return isError ? { ...exchange, headers: { 'content-type': 'application/json' } } : exchange;
}

test('every exchange with a real Toxiproxy goes as it went, but for what is better here', async (t) => {
  const { url, call, instance } = await startControl(t);
  const ports = new Map<string, number>();
  const all = exchanges();
  for (const port of JSON.stringify(all).match(/\b26\d{3}\b/g) ?? []) {
    if (!ports.has(port)) ports.set(port, await freePort());
  }
  const unlike = new Set(Object.keys(DIFFERENT));
  let section = '';
  for (const recorded of all) {
    if (section !== SECTION && recorded.section === SECTION) {
      const gone = instance.proxies.states.filter(({ name }) => !LEFT.includes(name));
      for (const { name } of gone) await call('DELETE', `/proxies/${encodeURIComponent(name)}`);
    }
    section = recorded.section;
    const expected = asJson(withPorts(recorded, (port) => ports.get(port) as number));
    const difference = differenceOf(expected, await send(url, expected), OWN_KEYS);
    const why = DIFFERENT[recorded.title];
    if (difference === null) continue;
    if (why === undefined) t.fail(`${section} / ${recorded.title}: ${difference}`);
    unlike.delete(recorded.title);
  }
  t.deepEqual([...unlike], [], 'what is no longer different');
});

test('another status, header, id or body is a difference', async (t) => {
  const exchange = exchanges().find(({ title }) => title === 'create, fixed port, host name') as Exchange;
  const got = { ...exchange };
  t.is(differenceOf(exchange, got, []), null);
  t.regex(differenceOf(exchange, { ...got, status: 200 }, []) ?? '', /^status 200, not 201/);
  t.is(differenceOf(exchange, { ...got, hasId: false }, []), 'no request id');
  t.regex(differenceOf(exchange, { ...got, headers: {} }, []) ?? '', /^content-type is undefined/);
  t.regex(differenceOf(exchange, { ...got, answer: got.answer.replace('rmq', 'other') }, []) ?? '', /^body/);
  const fewer = JSON.stringify({ ...JSON.parse(got.answer), enabled: undefined });
  t.regex(differenceOf(exchange, { ...got, answer: fewer }, []) ?? '', /^body/);
});
