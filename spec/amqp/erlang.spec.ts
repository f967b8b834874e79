import test from 'ava';
import fc from 'fast-check';
import { type FormatLetter, printBinary, printTuple } from '../../lib/amqp/erlang.js';
import { ascii, hex } from '../support/bytes.js';

/** Printed by `~p`, and by `~tp` where the result differs. The rows of UTF-8 are from Erlang/OTP 27, `+pc unicode`. */
const rows: readonly (readonly [what: string, octets: Uint8Array, latin1: string, unicode?: string])[] = [
  ['nothing', hex(''), '<<>>'],
  ['text', ascii('amqp0091'), '<<"amqp0091">>'],
  ['text with blanks', ascii('GET / HT'), '<<"GET / HT">>'],
  ['a ClientHello', hex('16 03 01 02 00 01 00 01'), '<<22,3,1,2,0,1,0,1>>'],
  ['one octet that is not printable', ascii('amqp009\0'), '<<97,109,113,112,48,48,57,0>>'],
  ['escapes', hex('08 09 0a 0b 0c 0d 1b 22 5c'), String.raw`<<"\b\t\n\v\f\r\e\"\\">>`],
  ['a line', ascii('EHLO x\r\n'), String.raw`<<"EHLO x\r\n">>`],
  ['the first and last printable ASCII octet', hex('20 7e'), '<<" ~">>'],
  ['DEL', hex('7f'), '<<127>>'],
  ['the last control octet', hex('1f'), '<<31>>'],
  ['the octet before ESC', hex('1a'), '<<26>>'],
  ['the octet after CR', hex('0e'), '<<14>>'],
  ['the first and last printable Latin-1 octet', hex('a0 ff'), '<<"\u00a0ÿ">>'],
  ['a Latin-1 control octet', hex('41 9f'), '<<65,159>>'],
  [
    'UTF-8 whose octets are also printable in Latin-1',
    hex('c3 a9 71 70 30 30 39 31'),
    '<<"Ã©qp0091">>',
    '<<"éqp0091"/utf8>>',
  ],
  [
    'UTF-8 whose octets are not printable in Latin-1',
    hex('e2 82 ac 70 30 30 39 31'),
    '<<226,130,172,112,48,48,57,49>>',
    '<<"€p0091"/utf8>>',
  ],
  ['a surrogate, which is not UTF-8', hex('ed a0 80 70'), '<<237,160,128,112>>'],
  [
    'U+FFFE, which is not printable',
    hex('ef bf be 70 30 30 39 31'),
    '<<"ï¿¾p0091">>',
    '<<239,191,190,112,48,48,57,49>>',
  ],
  ['a byte order mark', hex('ef bb bf 70 30 30 39 31'), '<<"ï»¿p0091">>', '<<"\ufeffp0091"/utf8>>'],
  ['a control character of two octets', hex('c2 80 70 30 30 39 31 31'), '<<194,128,112,48,48,57,49,49>>'],
  [
    'a character of four octets',
    hex('f0 90 80 80 61 6d 71 70'),
    '<<240,144,128,128,97,109,113,112>>',
    '<<"\u{10000}amqp"/utf8>>',
  ],
  ['UTF-8 with a control octet', hex('c3 a9 01 61 6d 71 70 31'), '<<195,169,1,97,109,113,112,49>>'],
  ['truncated UTF-8', hex('70 c3'), '<<"pÃ">>'],
  ['an overlong form', hex('c0 af'), '<<"À¯">>'],
  ['escapes with UTF-8', hex('c3 a9 0a 22'), String.raw`<<"Ã©\n\"">>`, String.raw`<<"é\n\""/utf8>>`],
];

for (const [what, octets, latin1, unicode = latin1] of rows) {
  test(`${what} prints as ${latin1}${unicode === latin1 ? '' : `, with ~tp as ${unicode}`}`, (t) => {
    t.is(printBinary(octets, '~p'), latin1);
    t.is(printBinary(octets, '~tp'), unicode);
  });
}

test('a tuple of octets is printed as decimals without spaces, never as text', (t) => {
  t.is(printTuple('bad_version', printTuple(48, 48, 57, 49)), '{bad_version,{48,48,57,49}}');
});

const printable = (octet: number) =>
  (octet >= 0x20 && octet <= 0x7e) || octet >= 0xa0 || [8, 9, 10, 11, 12, 13, 27].includes(octet);

test('a binary is printed as text or decimals, never mixed, on one line', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.constantFrom<FormatLetter>('~p', '~tp'), (octets, letter) => {
      const printed = printBinary(octets, letter);
      t.regex(printed, /^<<(\d{1,3}(,\d{1,3})*|".*"(\/utf8)?)>>$/s);
      t.notRegex(printed, /[\n\r]/);
      if (letter === '~p') t.is(printed.startsWith('<<"'), octets.every(printable));
    }),
  );
});
