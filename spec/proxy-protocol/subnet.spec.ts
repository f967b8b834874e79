import test from 'ava';
import { inSubnets, parseSubnet } from '../../lib/proxy-protocol/subnet.js';

const cases: readonly (readonly [subnet: string, inside: readonly string[], outside: readonly string[]])[] = [
  ['127.0.0.0/8', ['127.0.0.1:1', '127.255.0.9:1', '[::ffff:127.0.0.1]:1'], ['128.0.0.1:1', '[::1]:1']],
  ['::1/128', ['[::1]:1'], ['[::2]:1', '127.0.0.1:1']],
  ['10.1.2.3', ['10.1.2.3:9'], ['10.1.2.4:9']],
  ['2001:db8::/32', ['[2001:db8:1::]:1'], ['[2001:db9::]:1']],
  ['fe80::/10', ['[fe80::1%eth0]:1'], ['[fec0::1]:1']],
  ['::ffff:10.0.0.0/104', ['10.9.9.9:1'], ['11.0.0.1:1']],
  ['0.0.0.0/0', ['1.2.3.4:1', '[::ffff:1.2.3.4]:1'], ['[::1]:1']],
  ['::/0', ['[::1]:1'], ['1.2.3.4:1']],
];

for (const [subnet, inside, outside] of cases) {
  test(`${subnet} contains ${inside.join(', ')}, but not ${outside.join(', ')}`, (t) => {
    for (const address of inside) t.true(inSubnets([subnet])(address), address);
    for (const address of outside) t.false(inSubnets([subnet])(address), address);
  });
}

test('an address is in a list if it is in one of its subnets, and never in an empty list', (t) => {
  t.true(inSubnets(['10.0.0.0/8', '::1/128'])('[::1]:1'));
  t.false(inSubnets([])('[::1]:1'));
  t.false(inSubnets(['0.0.0.0/0', '::/0'])('localhost:1'));
});

test('text that is not a subnet is rejected', (t) => {
  for (const text of [
    '',
    'localhost',
    '10/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::1/129',
    '::ffff:10.0.0.0/90',
    '10.0.0.0/-1',
    'fe80::1%eth0/64',
  ]) {
    t.is(parseSubnet(text), undefined, text);
  }
});
