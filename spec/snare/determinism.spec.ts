import test from 'ava';
import { createSnare } from '../../lib/index.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const CONNECTIONS = 1000;

test(`the same seed gives the same faults on the same ${CONNECTIONS} connections, whether opened one by one or concurrently`, async (t) => {
  const run = async (seed: number, atOnce: number): Promise<string> => {
    await using snare = await createSnare({ dialect: '3.10', seed });
    await snare.faults.add([
      { type: 'amqp_refuse', name: 'a tenth', toxicity: 0.1 },
      { type: 'amqp_reset', name: 'a third', toxicity: 0.33, attributes: { at: 'header' } },
    ]);
    const numbers = new Map<string, number>();
    for (let at = 0; at < CONNECTIONS; at += atOnce) {
      const wires = await Promise.all(Array.from({ length: atOnce }, () => dialWire(t, snare)));
      await Promise.all(
        wires.map(async (wire) => {
          await wire.send(HEADER);
          await Promise.race([wire.how(), wire.octets(9).catch(() => {})]);
          wire.destroy();
        }),
      );
    }
    while (snare.reports().length < CONNECTIONS) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const { id } of snare.reports()) numbers.set(id, Number(id.split('-').at(-1)));
    return snare
      .reports()
      .toSorted((a, b) => (numbers.get(a.id) ?? 0) - (numbers.get(b.id) ?? 0))
      .map(({ faults }) => faults.map(({ name }) => name.at(-1)).join(''))
      .join(' ');
  };
  const first = await run(5, 1);
  t.is(await run(5, 50), first);
  t.not(await run(6, 50), first);
  t.true(first.includes('h') && first.includes('d'));
});
