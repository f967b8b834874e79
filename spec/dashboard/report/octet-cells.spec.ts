import test from 'ava';
import { octetCells } from '../../../lib/dashboard/report/octet-cells.js';

test('each octet is shown as hex, and as a character if it prints', (t) => {
  t.deepEqual(octetCells({ hex: '417e1f7f', text: 'A~..' }), [
    { hex: '41', character: 'A' },
    { hex: '7e', character: '~' },
    { hex: '1f', character: null },
    { hex: '7f', character: null },
  ]);
  t.deepEqual(octetCells({ hex: '', text: '' }), []);
});
