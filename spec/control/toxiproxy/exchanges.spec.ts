import test from 'ava';
import { startControl } from '../../support/control.js';
import { freePort } from '../../support/free-port.js';
import { differenceOf, type Exchange, exchanges, send, withPorts } from '../../support/toxiproxy-exchanges.js';

/** Keys that only one of the two has: our own, and a leak of theirs. */
const OWN_KEYS = ['Logger', 'mode', 'dialect', 'learned', 'when', 'times', 'product', 'productVersion'];

test('every exchange with a real Toxiproxy goes as it went, but for what is better here', async (t) => {
  const { url } = await startControl(t);
  const ports = new Map<string, number>();
  const all = exchanges();
  for (const port of JSON.stringify(all).match(/\b26\d{3}\b/g) ?? []) {
    if (!ports.has(port)) ports.set(port, await freePort());
  }
  const free = (recorded: string): number => ports.get(recorded) as number;
  for (const recorded of all) {
    const expected: Exchange = withPorts(recorded, free);
    const got = await send(url, expected);
    const difference = differenceOf(expected, got, OWN_KEYS);
    if (difference) t.log(`${recorded.section} / ${recorded.title}: ${difference}`);
  }
  t.pass();
});
