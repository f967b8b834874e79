import { EventEmitter } from 'node:events';
import type { FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { watchFile } from '../../lib/running/watch-file.js';
import { ConfigMapVolume } from '../support/kubernetes/config-map-volume.js';
import { temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';

/** Watches a file of a ConfigMap, and updates it until the change is reported. */
async function reportsUpdates(t: ExecutionContext, watchFolder?: typeof watch, begin = () => {}): Promise<boolean> {
  const folder = temporaryDirectory(t);
  const volume = new ConfigMapVolume(folder, { file: '0' });
  let changes = 0;
  const changed = () => {
    changes += 1;
  };
  const interval = 20;
  const options = watchFolder === undefined ? { interval } : { interval, watchFolder };
  t.teardown(watchFile(join(folder, 'file'), changed, options));
  begin();
  // Polling compares the file with its first look at it, and nothing reports when that was. So there are several updates.
  for (let update = 1; update <= 40 && changes === 0; update++) {
    volume.update({ file: String(update) });
    await until(() => changes > 0, 500);
  }
  return changes > 0;
}

test('an update of a ConfigMap is reported', async (t) => {
  t.true(await reportsUpdates(t));
});

test('an update is reported when the user has no watchers left', async (t) => {
  const watchFolder = (() => {
    throw Object.assign(new Error('EMFILE: too many open files, watch'), { code: 'EMFILE' });
  }) as unknown as typeof watch;
  t.true(await reportsUpdates(t, watchFolder));
});

test('an update is reported after the watcher has failed', async (t) => {
  const watcher = Object.assign(new EventEmitter(), { close: () => {} }) as unknown as FSWatcher;
  const watchFolder = (() => watcher) as unknown as typeof watch;
  t.true(await reportsUpdates(t, watchFolder, () => watcher.emit('error', new Error('gone'))));
});
