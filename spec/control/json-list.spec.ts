import test from 'ava';
import { jsonLines, jsonList } from '../../lib/control/json-list.js';

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

for (const length of [0, 1, 2, 5000, 20_000]) {
  test(`a list of ${length} lines is the JSON of their values`, async (t) => {
    const items = Array.from({ length }, (_, nth) => ({ nth, text: 'a "é" 🐇' }));
    const answer = jsonLines(items.map((item) => Buffer.from(JSON.stringify(item))));
    t.is(answer.headers.get('content-type'), 'application/json');
    t.is(await answer.text(), JSON.stringify(items));
  });
}
