import test from 'ava';
import { jsonList } from '../../lib/control/json-list.js';

for (const length of [0, 1, 2, 5000, 20_000]) {
  test(`a list of ${length} is the JSON that JSON.stringify returns`, async (t) => {
    const items = Array.from({ length }, (_, nth) => ({ nth, text: 'a "é" 🐇' }));
    const answer = jsonList(items);
    t.is(answer.headers.get('content-type'), 'application/json');
    t.is(await answer.text(), JSON.stringify(items));
  });
}

test('a long list is encoded only as far as it is read', async (t) => {
  let written = 0;
  const reader = jsonList(Array.from({ length: 1000 }), () => {
    written += 1;
    return `"${'x'.repeat(10_000)}"`;
  }).body?.getReader();
  t.true(written < 20, `${written}`);
  await reader?.read();
  await reader?.read();
  await reader?.read();
  t.true(written < 20, `${written}`);
});
