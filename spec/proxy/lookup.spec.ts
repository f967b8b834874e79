import type { LookupAddress } from 'node:dns';
import test from 'ava';
import { addressesOf, type LookupCallback, lookup, sharedLookup } from '../../lib/proxy/lookup.js';
import { FakeDns } from '../support/fake-dns.js';

const ONE: LookupAddress[] = [{ address: '192.0.2.1', family: 4 }];

/** A shared lookup, and the calls that it passed on. */
function shared() {
  const calls: { readonly host: string; readonly answered: LookupCallback }[] = [];
  return { calls, ask: sharedLookup((host, _options, answered) => calls.push({ host, answered })) };
}

test('a hundred calls for one name share one lookup, and all receive its answer', (t) => {
  const { calls, ask } = shared();
  let answers = 0;
  for (let at = 0; at < 100; at++) {
    ask('rabbit', {}, (error, addresses) => {
      t.is(error, null);
      t.is(addresses, ONE);
      answers += 1;
    });
  }
  ask('other', {}, () => t.fail('another name has its own lookup'));
  t.deepEqual(
    calls.map(({ host }) => host),
    ['rabbit', 'other'],
  );
  calls[0]?.answered(null, ONE);
  t.is(answers, 100);
});

test('no answer is kept: a call after the answer asks again', (t) => {
  const { calls, ask } = shared();
  const answers: string[] = [];
  const call = () => ask('rabbit', {}, (error, [first]) => answers.push(error?.code ?? first?.address ?? ''));
  call();
  calls[0]?.answered(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
  call();
  calls[1]?.answered(null, ONE);
  t.deepEqual(answers, ['ENOTFOUND', '192.0.2.1']);
});

test('a canceled call receives no answer, and the others do', (t) => {
  const { calls, ask } = shared();
  let answers = 0;
  const answered = () => {
    answers += 1;
  };
  ask('rabbit', {}, answered)();
  ask('rabbit', {}, answered);
  calls[0]?.answered(null, ONE);
  t.deepEqual([calls.length, answers], [1, 1]);
});

test('a name that is not resolved in time has no addresses, and its lookup is canceled', async (t) => {
  const dns = new FakeDns('silence');
  t.deepEqual(await addressesOf('rabbit', 1, dns.lookup), []);
  t.deepEqual([dns.asked, dns.pending], [['rabbit'], 0]);
});

test('the addresses of a name are those of the operating system', async (t) => {
  t.true((await addressesOf('localhost', 10_000)).some((address) => /^(127\.0\.0\.1|::1)$/.test(address)));
  t.deepEqual(await addressesOf('127.0.0.2', 10_000, lookup), ['127.0.0.2']);
});
