import test from 'ava';
import yargs from 'yargs';
import { flagOptions } from '../../lib/config/flags.js';
import { loadConfig } from '../../lib/config/load.js';

const parse = (...args: string[]) =>
  loadConfig({ argv: yargs(args).options(flagOptions()).strict().parseSync(), env: {} });

test('every key with a flag has an option', (t) => {
  t.deepEqual(
    Object.keys(flagOptions()).join(' '),
    'config listen upstream mirror-upstream mode dialect amqp10 close handshake-timeout connect-timeout tcp-keep-alive observe ' +
      'health-checks proxy-protocol-accept proxy-protocol-send proxy-protocol-trusted-sources ' +
      'tls-cert tls-key tls-ca upstream-tls-ca upstream-tls-cert upstream-tls-key upstream-tls-servername ' +
      'max-connections max-connections-per-source memory-limit control control-token-file control-allowed-hosts ' +
      'reports reports-history health-check-sources invisible-checks log-format log-level seed ready-file drain-timeout',
  );
});

test('through yargs, values stay text and no default overrides another source', (t) => {
  const { config, origin } = parse('--dialect', '3.10', '--max-connections=7', '--control', 'off');
  t.like(config, { control: null, proxies: [{ dialect: '3.10', maxConnections: 7 }] });
  t.deepEqual(origin('proxies[0].mode'), { from: 'default' });
});

test('through yargs, a flag given twice is rejected', (t) => {
  t.throws(() => parse('--mode', 'guard', '--mode', 'guard'), { message: '--mode must be given once, not 2 times' });
});

test('help has the description, the syntax and the default', async (t) => {
  const help = await yargs([]).options(flagOptions()).wrap(null).getHelp();
  t.regex(
    help,
    /--handshake-timeout +Time a client has to complete the AMQP handshake.*\(DURATION\) +\[string\] \[default: 10s\]/,
  );
});
