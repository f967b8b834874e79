import test from 'ava';
import { version } from '../../../lib/version.js';
import { RecordedPorts } from '../../support/recorded-ports.js';
import { type Response, startToxiproxy } from '../../support/toxiproxy.js';
import { differencesOf, type Expected } from '../../support/toxiproxy-difference.js';
import { type Exchange, exchangesOf, keyOf, replay } from '../../support/toxiproxy-exchanges.js';

const RECORDED = exchangesOf('from an empty server on');

/** The expected response instead of a recorded one. */
type Instead = (recorded: Response) => Expected;

const JSON_TYPE = { 'content-type': 'application/json', 'x-toxiproxy-request-id': '<id>' };
const body =
  (change: (text: string) => string | RegExp): Instead =>
  (recorded) => ({ ...recorded, body: change(recorded.body as string) });
const answer = (status: number, text: string | RegExp): Instead => {
  return () => ({ status, headers: JSON_TYPE, body: text });
};
const refused = (error: string): Instead => answer(400, JSON.stringify({ error, status: 400 }));
const ownText = (reason: string): Instead => refused(`bad request body: ${reason}`);
const sameAs = (key: string): Instead => {
  return () => asHere(find(key).response);
};

const KEPT = body((text) => text.replaceAll('[::]:26004', '0.0.0.0:26004'));
const LATENCY = '{"attributes":{"latency":0,"jitter":0},"name":"latency_downstream","type":"latency",';
const ZERO_LATENCY = `${LATENCY}"stream":"downstream","toxicity":1}`;
const FLOAT =
  '{"attributes":{"latency":100,"jitter":0},"name":"float","type":"latency","stream":"downstream","toxicity":1}';
const SN = '{"attributes":{},"name":"sn"';
const WITH_FLOAT = body((text) => text.replace(SN, `${FLOAT},${SN}`));
const WITH_TOXIC = body((text) => text.replace('"toxics":[]', `"toxics":[${ZERO_LATENCY}]`));

const KEPT_AS_ASKED = '0.0.0.0 is kept as requested';
const WHOLE = '100.0 is accepted as 100, so the toxic exists';
const OWN_WORDS = 'the error states the rule, in our own words';
const EMPTY_LIST = 'a list, which clients can iterate over';
const ASKED_FOR = 'the requested address is compared, so repeating a populate changes nothing';

/** Intentional differences: the expected response, and why. */
const DIFFERENT: { readonly [key: string]: readonly [instead: Instead, why: string] } = {
  'Service routes / version': [
    body(() => `{"version": "2.12.0", "product": "rabbit-snare", "productVersion": "${version}"}\n`),
    'additional keys contain our own name and version',
  ],
  'Service routes / metrics when no metrics flag was given': [
    () => ({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'x-toxiproxy-request-id': '<id>' },
      body: /^# TYPE toxiproxy_proxy_received_bytes_total counter$/m,
    }),
    'metrics are always available',
  ],
  'Creating proxies / create, all IPv4 addresses': [KEPT, KEPT_AS_ASKED],
  'Creating proxies / create, text after the JSON value is not read': [
    answer(400, /^\{"error":"bad request body: .*JSON.*","status":400\}$/),
    'text that is not JSON is rejected',
  ],
  'Creating proxies / create with escapable characters in the name': [
    body((text) => text.replace(String.raw`a\u003cb\u003e\u0026c`, 'a<b>&c')),
    'JSON does not require these escapes',
  ],
  'Creating proxies / not an object': [ownText('must be an object, not a list'), OWN_WORDS],
  'Creating proxies / wrong type of a field': [ownText('name must be a string, not 5'), OWN_WORDS],
  'Creating proxies / wrong type of enabled': [ownText('enabled must be a boolean, not "yes"'), OWN_WORDS],
  'Reading, updating and deleting proxies / list: an object keyed by name, keys sorted': [KEPT, KEPT_AS_ASKED],
  'Reading, updating and deleting proxies / new listen with an unknown host name': [
    body((text) => text.replace(' on <resolver>:53', '')),
    'the error does not name the resolver',
  ],
  'Reading, updating and deleting proxies / ...the proxy is left disabled, on the address it could not take': [
    sameAs('Reading, updating and deleting proxies / new upstream'),
    'a proxy whose new listener cannot be opened keeps the old one',
  ],
  'Reading, updating and deleting proxies / 0.0.0.0 is stored as [::], so sending 0.0.0.0 again counts as a change and restarts the proxy':
    [KEPT, KEPT_AS_ASKED],
  'Reading, updating and deleting proxies / empty upstream in an update is not refused': [
    refused('missing required field: upstream'),
    'it is rejected, as in a create',
  ],
  'Reading, updating and deleting proxies / wrong type in an update': [
    ownText('enabled must be a boolean, not "no"'),
    OWN_WORDS,
  ],
  'Toxics / whole number in float form': [answer(200, FLOAT), WHOLE],
  'Toxics / fraction for a whole number': [
    answer(400, /^\{"error":"bad request body: attributes\.latency must be .* not 100\.5","status":400\}$/),
    OWN_WORDS,
  ],
  'Toxics / text for a number': [ownText('attributes.latency must be a number, not "100"'), OWN_WORDS],
  'Toxics / attributes not an object': [ownText('attributes must be an object, not a list'), OWN_WORDS],
  'Toxics / list: upstream toxics first, then downstream, each in the order added': [WITH_FLOAT, WHOLE],
  'Toxics / update, wrong type: what was decoded before the error stays': [
    answer(400, /^\{"error":"bad request body: attributes\.jitter must be .* not \\"x\\"","status":400\}$/),
    OWN_WORDS,
  ],
  'Toxics / ...read back': [
    sameAs('Toxics / update with an empty object'),
    'an update is applied completely or not at all',
  ],
  'Toxics / show the proxy with its toxics': [WITH_FLOAT, WHOLE],
  'Toxics / toxics outlive a disable': [WITH_FLOAT, WHOLE],
  'Toxics / ...after it': [KEPT, KEPT_AS_ASKED],
  'Populate / empty list': [body(() => '{"proxies":[]}'), EMPTY_LIST],
  'Populate / null': [body(() => '{"proxies":[]}'), EMPTY_LIST],
  'Populate / not a list': [
    body(() => '{"error":"bad request body: must be a list of proxies","status":400,"proxies":null}'),
    OWN_WORDS,
  ],
  'Populate / same name twice in one list: the second replaces the first': [
    body((text) => text.replace(/\{"name":"ten"[^}]*"a:1"[^}]*\},/, '')),
    'the response contains each proxy once, in its final state',
  ],
  'Populate / everything at the end': [KEPT, KEPT_AS_ASKED],
  'Names, addresses, a slow answer / same again: replaced, the toxic is gone, because the stored text localhost is compared with the resolved 127.0.0.1':
    [WITH_TOXIC, ASKED_FOR],
  'Names, addresses, a slow answer / ...percent-encoded, the slash': [
    () => ({ ...asHere(find('Names, addresses, a slow answer / a name with a slash').response), status: 200 }),
    'a name with a slash can be addressed',
  ],
  'Names, addresses, a slow answer / update with a form content type, as the Java client sends it': [
    WITH_TOXIC,
    ASKED_FOR,
  ],
};

function find(key: string): Exchange {
  const found = RECORDED.find((exchange) => keyOf(exchange) === key);
  if (!found) throw new Error(`there is no exchange ${key}`);
  return found;
}

/** Applies the differences of every response: no `Logger`, and errors are `application/json` without a line end. */
function asHere(recorded: Response): Response {
  const text = recorded.body.replaceAll('"Logger":{},', '');
  if (!text.startsWith('{"error":')) return { ...recorded, body: text };
  return { status: recorded.status, headers: JSON_TYPE, body: text.trimEnd() };
}

/** Where port 0 was requested again, the recorded server picked another port; here the proxy keeps its port. */
const KEPT_PORTS: { readonly [key: string]: readonly [picked: string, kept: string] } = {
  'Reading, updating and deleting proxies / new listen, port 0': ['41645', '32803'],
  'Names, addresses, a slow answer / ...again': ['35131', '37275'],
};

test('every recorded exchange with a real Toxiproxy has the same result, except for the listed differences', async (t) => {
  const { url } = await startToxiproxy(t);
  const ports = await RecordedPorts.forAll(RECORDED);
  let compared = 0;
  await replay(url, RECORDED, ports, (exchange, got) => {
    const key = keyOf(exchange);
    const [picked = '', kept = ''] = KEPT_PORTS[key] ?? [];
    const { body: text, ...rest } = asHere(exchange.response);
    const recorded = { ...rest, body: text.replace(picked, kept) };
    const [instead] = DIFFERENT[key] ?? [];
    t.deepEqual(differencesOf(instead?.(recorded) ?? recorded, got, ports), [], key);
    if (instead) t.not(differencesOf(recorded, got, ports).length, 0, `${key} is no longer different`);
    compared += 1;
  });
  t.is(compared, 151);
});

test('the listed differences are in the recording', (t) => {
  for (const key of Object.keys({ ...DIFFERENT, ...KEPT_PORTS })) t.notThrows(() => find(key));
});
