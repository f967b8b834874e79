import test from 'ava';
import { type Case, lengthOf, type Step } from '../support/corpus.js';
import { scriptOf } from './script.js';

const COUNT = 3000;
const scripts: readonly Case[] = Array.from({ length: COUNT }, (_, number) => scriptOf(1, number));

const last = ({ steps }: Case): Step | undefined => steps.at(-1);
const octetsOf = ({ steps }: Case): string =>
  steps.map((step) => (typeof step === 'object' && 'send' in step ? (step.send as { hex: string }).hex : '')).join('');

test('a script depends only on its seed and number', (t) => {
  t.deepEqual(scriptOf(1, 7), scripts[7]);
  const others = [scriptOf(2, 7), scriptOf(1, 8)].map((script) => JSON.stringify(script.steps));
  t.false(others.includes(JSON.stringify(scripts[7]?.steps)));
  t.true(new Set(scripts.map(({ steps }) => JSON.stringify(steps))).size > COUNT * 0.8);
});

test('every kind of octets and every length from 0 to 20 occurs', (t) => {
  const kinds = new Set(scripts.map(({ name }) => name.replace(/.*?: /, '')));
  t.is(kinds.size, 20);
  const lengths = new Set(scripts.map(lengthOf));
  for (let length = 0; length <= 20; length++) t.true(lengths.has(length), `${length}`);
  t.true(scripts.some((script) => lengthOf(script) > 50_000));
});

test('clients end with a FIN, an RST or silence after each length', (t) => {
  const seen = new Set(scripts.map((script) => `${Math.min(lengthOf(script), 9)} ${endOf(script)}`));
  for (let length = 0; length <= 9; length++) {
    for (const end of ['fin', 'rst', 'silence']) t.true(seen.has(`${length} ${end}`), `${length} ${end}`);
  }
});

const endOf = (script: Case): string => {
  const step = last(script);
  return typeof step === 'string' ? step : 'silence';
};

test('good headers occur complete, in one segment and in several', (t) => {
  for (const quad of ['00000901', '01010009', '01010800', '03010000', '00010000']) {
    const good = scripts.filter((script) => octetsOf(script).startsWith(`414d5150${quad}`));
    const segments = new Set(
      good.map(({ steps }) => steps.filter((step) => typeof step === 'object' && 'send' in step).length),
    );
    t.true(segments.has(1) && segments.size > 2, quad);
    t.true(
      good.some((script) => lengthOf(script) > 8),
      `${quad} and more`,
    );
  }
});

test('pauses are far below or far above a handshake timeout of 1 s', (t) => {
  for (const { name, steps } of scripts) {
    let pause = 0;
    for (const step of steps) {
      if (typeof step === 'string' || !('wait' in step)) continue;
      pause += typeof step.wait === 'number' ? step.wait : step.wait.ht * 1000;
    }
    t.true(pause <= 700 || pause >= 1500, name);
  }
});

test('no step sends zero octets, and nothing is sent after a FIN', (t) => {
  for (const { name, steps } of scripts) {
    const fin = steps.indexOf('fin');
    steps.forEach((step, at) => {
      if (typeof step === 'string' || !('send' in step)) return;
      t.not((step.send as { hex: string }).hex, '', name);
      t.true(fin === -1 || at < fin, name);
    });
  }
});
