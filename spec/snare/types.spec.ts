import test from 'ava';
import { createSnare, type FaultInput, type Report, type ReportFilter } from '../../lib/index.js';

const report: Pick<Report, 'connectionClose' | 'fault'> = { connectionClose: null, fault: null };

test('the exported types match the values', async (t) => {
  await using snare = await createSnare({ seed: 1 });
  const one = await snare.faults.add({ type: 'noop', name: 'one' });
  const [two] = await snare.faults.add([{ type: 'latency', attributes: { latency: '5ms' } }]);
  const id: string = one.id;
  const moments: readonly string[] = two?.seen.map(({ at }) => at) ?? [];
  const code: number | null | undefined = report.connectionClose?.code;
  const url: string = snare.url;
  t.deepEqual([id, moments, code, typeof url, snare.seed], ['amqp/one', [], undefined, 'string', 1]);
});

test('invalid types, moments, attributes and reasons do not compile', (t) => {
  const wrong: readonly [FaultInput, FaultInput, FaultInput, ReportFilter] = [
    // @ts-expect-error unknown type
    { type: 'amqp_clos' },
    // @ts-expect-error unknown moment
    { type: 'amqp_close', attributes: { at: 'never' } },
    // @ts-expect-error unknown attribute
    { type: 'latency', attributes: { delay: 5 } },
    // @ts-expect-error unknown reason
    { reason: 'bad_weather' },
  ];
  t.is(wrong.length, 4);
});
