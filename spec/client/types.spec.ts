import test from 'ava';
import { connectSnare, type FaultInput, type Report, type ReportFilter } from 'rabbit-snare/client';
import { startControl } from '../support/control.js';

test('declared types match what the compiler infers', async (t) => {
  const { url } = await startControl(t, 'listen: 127.0.0.1:0\nupstream: stand-in');
  await using snare = await connectSnare({ url });
  await using one = await snare.faults.add({ type: 'noop', name: 'one' });
  const [two] = await snare.faults.add([{ type: 'latency', attributes: { latency: '5ms' } }]);
  const id: string = one.id;
  const moments: readonly string[] = two?.seen.map(({ at }) => at) ?? [];
  const reports: readonly Report[] = await snare.reports({ reason: 'bad_header' });
  const [host, port]: [string, number] = [snare.host, snare.port];
  t.deepEqual([id, moments, reports, snare.url], ['amqp/one', [], [], `amqp://guest:guest@${host}:${port}`]);
});

test('invalid input does not compile', (t) => {
  const wrong: readonly [FaultInput, FaultInput, ReportFilter] = [
    // @ts-expect-error unknown type
    { type: 'amqp_clos' },
    // @ts-expect-error unknown attribute
    { type: 'latency', attributes: { delay: 5 } },
    // @ts-expect-error unknown reason
    { reason: 'bad_weather' },
  ];
  t.is(wrong.length, 3);
});
