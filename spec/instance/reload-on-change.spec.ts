import test from 'ava';
import { reloadOnChange } from '../../lib/instance/reload-on-change.js';
import { makeInstance } from '../support/instance.js';
import { until } from '../support/rabbitmq/until.js';

test('an unexpected error in a reload is logged, and the running config stays in use', async (t) => {
  const { instance, log } = makeInstance(t, 'upstream: stand-in\nlisten: 127.0.0.1:0\ncontrol: off\n');
  const { proxies } = await instance.start();
  const load = () => {
    throw new TypeError('a bug');
  };
  t.teardown(reloadOnChange(load, null, instance, instance.log, Promise.resolve()));
  process.emit('SIGHUP');
  const logged = await until(() => /the config was not reloaded.*/.exec(log.text)?.[0], 5_000);
  t.regex(logged ?? '', /^the config was not reloaded, the running one stays in use: TypeError: a bug; +at load/);
  t.deepEqual(
    instance.proxies.all.map(({ listen }) => listen),
    proxies.map(({ listen }) => listen),
  );
});
