import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import type { FormatLetter } from '../../lib/amqp/erlang.js';
import { Atom, type ErlangTerm, LEFT_OUT, prettyPrint, SECRET } from '../../lib/amqp/erlang-pretty.js';
import { ascii, hex } from '../support/bytes.js';

/** A term in the form of the fixture. */
type Written =
  | number
  | string
  | { readonly atom: string }
  | { readonly binary: string }
  | { readonly tuple: readonly Written[] };

const { terms } = JSON.parse(readFileSync('spec/fixtures/erlang-terms.json', 'utf8')) as {
  readonly terms: readonly {
    readonly term: Written;
    readonly letter: FormatLetter;
    readonly column: number;
    readonly printed: string;
  }[];
};

function termFrom(written: Written): ErlangTerm {
  if (typeof written !== 'object') return written;
  if ('atom' in written) return new Atom(written.atom);
  return 'binary' in written ? hex(written.binary) : written.tuple.map(termFrom);
}

test('terms are laid out as Erlang/OTP itself laid them out', (t) => {
  for (const { term, letter, column, printed } of terms) {
    t.is(prettyPrint(termFrom(term), { letter, column }), printed, JSON.stringify({ term, column }));
  }
  t.true(terms.filter(({ printed }) => printed.includes('\n')).length > 20);
});

const error = (text: string): ErlangTerm => [new Atom('amqp_error'), new Atom('frame_error'), text, new Atom('none')];

test('a term that fits is one line', (t) => {
  t.is(prettyPrint(error('short')), '{amqp_error,frame_error,"short",none}');
});

test('a term that does not fit continues on the next lines, indented', (t) => {
  t.is(
    prettyPrint([new Atom('handshake_error'), new Atom('starting'), 0, error('type 71, all octets = <<>>: {x,y}')]),
    [
      '{handshake_error,starting,0,',
      '                 {amqp_error,frame_error,"type 71, all octets = <<>>: {x,y}",',
      '                             none}}',
    ].join('\n'),
  );
});

test('a width of 0 wraps nothing', (t) => {
  const term: ErlangTerm = [new Atom('bad_input'), new Atom('handshake'), new Uint8Array(100)];
  t.is(prettyPrint(term, { letter: '~p', width: 0 }), `{bad_input,handshake,<<${'0,'.repeat(99)}0>>}`);
});

test('an atom that does not look like a name is quoted', (t) => {
  const printed = ['none', 'frame_error', 'v1_0.error', 'connection.start_ok', 'Upper', '530', 'a@b'].map((name) =>
    prettyPrint(new Atom(name)),
  );
  t.deepEqual(printed, ['none', 'frame_error', "'v1_0.error'", "'connection.start_ok'", "'Upper'", "'530'", 'a@b']);
});

test('the placeholder for omitted content is not an Erlang term', (t) => {
  t.is(prettyPrint([LEFT_OUT, SECRET]), '{[...],<<...>>}');
});

test('a binary of UTF-8 is text for ~tp only', (t) => {
  const octets = hex('67 72 c3 bc c3 9f 65');
  t.is(prettyPrint(octets, { letter: '~tp' }), '<<"grüße"/utf8>>');
  t.is(prettyPrint(octets, { letter: '~p' }), '<<103,114,195,188,195,159,101>>');
  t.is(prettyPrint(ascii('gruesse'), { letter: '~tp' }), '<<"gruesse">>');
});

const anyTerm = fc.letrec<{ term: ErlangTerm }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.nat(),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.constantFrom('handshake_error', 'v1_0.error', 'a', 'basic.publish', '').map((name) => new Atom(name)),
    fc.uint8Array({ maxLength: 100 }),
    fc.array(tie('term'), { maxLength: 6 }),
  ),
})).term;
const anyLetter = fc.constantFrom<FormatLetter>('~p', '~tp');

test('printing never throws, and wrapping adds only line breaks and spaces', (t) => {
  fc.assert(
    fc.property(anyTerm, anyLetter, fc.integer({ min: 1, max: 200 }), (term, letter, column) => {
      const flat = prettyPrint(term, { letter, width: 0 });
      t.notRegex(flat, /\n/);
      t.is(prettyPrint(term, { letter, column }).replaceAll(/\n */g, ''), flat);
    }),
  );
});
