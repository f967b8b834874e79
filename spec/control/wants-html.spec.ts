import test from 'ava';
import { wantsHtml } from '../../lib/control/wants-html.js';

for (const [who, accept, wanted] of [
  ['Chrome', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8', true],
  ['Firefox', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['Safari', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['lynx', 'text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01', true],
  ['a client that writes the type in upper case', 'TEXT/HTML', true],
  ['curl, wget, Python or fetch', '*/*', false],
  ['axios', 'application/json, text/plain, */*', false],
  ['a client without the header', undefined, false],
  ['a client with an empty header', '', false],
  ['a client that rejects HTML', 'text/html;q=0, */*', false],
  ['a client that rejects HTML in three digits', 'text/html; q=0.000', false],
  ['a client that likes HTML little', 'application/json, text/html;q=0.1', true],
  ['a client of another type with the same beginning', 'text/html-fragment', false],
] as const) {
  test(`${who} ${wanted ? 'receives' : 'does not receive'} a page`, (t) => {
    t.is(wantsHtml(accept), wanted);
  });
}
