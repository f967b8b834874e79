import test from 'ava';
import { CommandError } from '../support/command-error.js';
import { parseArguments } from './arguments.js';
import { installed } from './installed.js';

/** The proxies of a command line, on a machine where nothing is installed. */
async function onBareMachine(args: readonly string[], base?: string, toxiproxy = '') {
  const parsed = await parseArguments(args);
  if (parsed === undefined) throw new Error('only help was asked for');
  // Set last: other tests run while the command line is parsed.
  process.env['PATH'] = '';
  process.env['TOXIPROXY'] = toxiproxy;
  return installed(parsed, base);
}

test('rabbit-snare and the relay are always measured, and each missing proxy has a note', async (t) => {
  const { proxies, notes } = await onBareMachine([]);
  t.deepEqual(
    proxies.map(({ name }) => name),
    ['rabbit-snare', 'plain relay'],
  );
  t.deepEqual(notes, [
    'Left out: haproxy. HAProxy is not installed.',
    'Left out: nginx. nginx, or its stream module, is not installed.',
    'Left out: toxiproxy. TOXIPROXY is not set to the path of Toxiproxy’s server.',
  ]);
});

test('the base is compared with if there is one', async (t) => {
  const { proxies } = await onBareMachine(['--proxies', 'rabbit-snare,base'], '.');
  t.deepEqual(
    proxies.map(({ name }) => name),
    ['rabbit-snare', 'base'],
  );
});

for (const [names, toxiproxy, message] of [
  ['rabbit-snare,base', '', '--proxies: base needs --compare'],
  ['haproxy', '', '--proxies: HAProxy is not installed'],
  ['toxiproxy', '', '--proxies: TOXIPROXY is not set to the path of Toxiproxy’s server'],
  [
    'toxiproxy',
    '/nothing/toxiproxy',
    'TOXIPROXY must be the path of Toxiproxy\'s server; "/nothing/toxiproxy" cannot be run',
  ],
] as const) {
  test(`--proxies ${names} with TOXIPROXY="${toxiproxy}" is a wrong usage`, async (t) => {
    await t.throwsAsync(onBareMachine(['--proxies', names], undefined, toxiproxy), {
      instanceOf: CommandError,
      message,
    });
  });
}
