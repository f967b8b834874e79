import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';

const FOLDER = 'dist/program';
const chunks: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(`${FOLDER}/${name}`, 'utf8')]),
);

/** The chunks that a chunk loads with it, and those that they load. */
function loadedWith(name: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(name)) return loaded;
  loaded.add(name);
  for (const [, other = ''] of (chunks.get(name) ?? '').matchAll(/^(?:import|export)[^;]*?"\.\/([^"]+\.js)";$/gm)) {
    loadedWith(other, loaded);
  }
  return loaded;
}

test('the libraries that make certificates are in one chunk, which nothing loads before it is needed', (t) => {
  const holding = [...chunks].filter(([, text]) => /node_modules\/(pkijs|asn1js)\//.test(text)).map(([name]) => name);
  t.is(holding.length, 1);
  const [chunk = ''] = holding;
  t.regex(chunk, /^make-certificate-/);
  const loading = [...chunks.keys()].filter((name) => name !== chunk && loadedWith(name).has(chunk));
  t.deepEqual(loading, []);
  // Only this fault asks for it.
  const asking = [...chunks].filter(([, text]) => text.includes(`import("./${chunk}")`));
  t.is(asking.length, 1);
  t.true(loadedWith('main.js').size > 1);
});
