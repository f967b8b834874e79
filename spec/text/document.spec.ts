import test from 'ava';
import { parseDocument } from '../../lib/text/document.js';

const value = (source: string): unknown => parseDocument(source, 'c.yaml').value;
const refusal = (source: string): string => {
  try {
    parseDocument(source, 'c.yaml');
    return 'nothing';
  } catch (error) {
    return String((error as Error).message);
  }
};

test('numbers and booleans keep their text', (t) => {
  t.deepEqual(value('a: 3.10\nb: on\nc: true\nd: 0x10\ne: 010\nf: 0000000000000901\ng: .inf\n'), {
    a: '3.10',
    b: 'on',
    c: 'true',
    d: '0x10',
    e: '010',
    f: '0000000000000901',
    g: '.inf',
  });
  t.deepEqual(value('%YAML 1.1\n---\na: yes\nb: !!float 3.10\n'), { a: 'yes', b: '3.10' });
});

test('JSON is read, even with tabs and a byte order mark', (t) => {
  t.deepEqual(value('\ufeff{\n\t"a": 4.0,\n\t"b": [true, null]\n}\n'), { a: '4.0', b: ['true', null] });
});

test('an empty file and a file with only comments are null', (t) => {
  for (const source of ['', '# nothing\n', '---\n', '\n\n']) t.is(value(source), null);
});

test('aliases are expanded up to a limit', (t) => {
  t.deepEqual(value('a: &a [1]\nb: *a\n'), { a: ['1'], b: ['1'] });
  const bomb = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`),
  ];
  t.is(refusal(bomb.join('\n')), 'c.yaml:1:1: not valid YAML: aliases expand to more than 100 copies');
});

test('invalid YAML is reported in one line with its position', (t) => {
  t.regex(refusal('a: 1\nb: [1,\n'), /^c\.yaml:\d+:\d+: not valid YAML: [^\n]+$/);
  t.regex(refusal('\ta: 1'), /^c\.yaml:1:1: not valid YAML: [^\n]+$/);
  t.is(refusal('a: 1\nb: *c\n'), 'c.yaml:2:4: not valid YAML: alias without an anchor before it');
});

test('an error about invalid YAML has no control characters of the file', (t) => {
  for (const source of ['"\\u20\u0000e":', '%YAML 1.2teps:\u0000', '"\\x\u001b[2J"', '!\u202e<a b']) {
    t.regex(refusal(source), /^c\.yaml:1:\d+: not valid YAML: \P{C}+$/mu);
    t.notRegex(refusal(source), /[^\P{Cc}\n]|\p{Bidi_Control}/u);
  }
});

test('only tags of values that JSON has are accepted', (t) => {
  t.deepEqual(value('a: !!str 1\nb: !!seq []\nc: !!map {d: !!null ""}\ne: ! f\n'), {
    a: '1',
    b: [],
    c: { d: null },
    e: 'f',
  });
  for (const tagged of [
    '!!binary aGk=',
    '!!set {b}',
    '!!omap [b: 1]',
    '!!timestamp 2026-01-01',
    '!own b',
    '!!foo []',
  ]) {
    t.regex(refusal(`a: ${tagged}`), /^c\.yaml:1:\d+: must not have a tag other than !!str, .*, !!seq$/, tagged);
  }
});

test('a second document is rejected', (t) => {
  t.regex(refusal('a: 1\n---\nb: 2\n'), /^c\.yaml:2:\d+: must be one YAML document, not several$/);
});

test('a duplicate key is reported at its second position', (t) => {
  t.is(refusal('log:\n  level: info\n  "level": none\n'), 'c.yaml:3:3: duplicate key "level"');
});

for (const [what, source] of [
  ['lists', '['.repeat(100_000)],
  ['maps', '{a: '.repeat(100_000)],
  ['block lists', '- '.repeat(100_000)],
] as const) {
  test(`${what} nested 100,000 deep are rejected`, (t) => {
    t.regex(refusal(source), /^c\.yaml:1:\d+: not valid YAML: nested deeper than 32 levels$/);
  });
}

test('the position of a value is found by its path, even through an alias', (t) => {
  const document = parseDocument('a:\n  - x\n  - b: 3\nc: &c {d: 4}\ne: *c\nf:\n', 'c.yaml');
  t.deepEqual(document.positionOf(['a', 1, 'b']), { line: 3, column: 8 });
  t.deepEqual(document.positionOf(['e']), { line: 5, column: 4 });
  t.deepEqual(document.positionOf(['e', 'd']), { line: 4, column: 11 });
  t.deepEqual(document.positionOf(['a', 0, 'nothing']), { line: 2, column: 5 });
  t.deepEqual(document.positionOfKey(['a', 1], 'b'), { line: 3, column: 5 });
});

test('a file that contains itself is read', (t) => {
  t.notThrows(() => value('a: &a [*a]'));
});

for (const [what, source, rule] of [
  ['aliases', `a: &a 1\nb: [${'*a,'.repeat(300_000)}]`, 'must have at most 1000 anchors and aliases'],
  ['anchors', '- &a x\n'.repeat(100_000), 'must have at most 1000 anchors and aliases'],
  ['commas', `a: [${','.repeat(1_000_000)}]`, 'must have at most 200000 words and marks'],
] as const) {
  test(`a document of ${what} is refused where they exceed their limit`, (t) => {
    t.true(refusal(source).endsWith(`: ${rule}`), refusal(source));
  });
}

test('text that begins like an alias is not counted as one', (t) => {
  const source = '- "*a"\n- >-\n  *a\n'.repeat(2000);
  t.is((parseDocument(source, 'c.yaml').value as unknown[]).length, 4000);
});
