import test from 'ava';
import { containerMemory } from '../../lib/running/container-memory.js';

const MIB = 1024 ** 2;
/** What Node.js returns without a limit. */
const UNLIMITED = 2 ** 64;

/** The limit with these files, in MiB. */
function limitWith(files: Readonly<Record<string, string>>, own = UNLIMITED): number | null {
  const limit = containerMemory(own, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  });
  return limit === null ? null : limit / MIB;
}

test('a container without a limit has none', (t) => {
  const limit = containerMemory();
  t.true(limit === null || limit > 0);
});

test('the limit that Node.js knows counts when there are no files', (t) => {
  t.is(limitWith({}, 128 * MIB), 128);
  t.is(limitWith({}, 0), null);
});

test('in version 2, the lowest limit of the own group and of those above counts', (t) => {
  const files = {
    '/proc/self/cgroup': '0::/kubepods/pod1/container\n',
    '/sys/fs/cgroup/kubepods/pod1/container/memory.max': 'max\n',
    '/sys/fs/cgroup/kubepods/pod1/memory.max': `${128 * MIB}\n`,
    '/sys/fs/cgroup/kubepods/memory.max': `${512 * MIB}\n`,
  };
  t.is(limitWith(files), 128);
  t.is(limitWith({ ...files, '/sys/fs/cgroup/kubepods/pod1/container/memory.high': `${96 * MIB}\n` }), 96);
});

test('a container with its own namespace has its limit at the root', (t) => {
  t.is(limitWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': `${64 * MIB}\n` }), 64);
});

test('in version 1, also beside an empty version 2, the memory controller counts', (t) => {
  const files = {
    '/proc/self/cgroup': '9:name=systemd:/\n4:cpu,memory:/docker/1\n3:cpuset:/\n0::/other\n',
    '/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/memory/docker/memory.limit_in_bytes': `${256 * MIB}\n`,
  };
  t.is(limitWith(files), 256);
});

test('a group outside the namespace has the limit of the mount', (t) => {
  const files = {
    '/proc/self/cgroup': '4:memory:/docker/1\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${128 * MIB}`,
  };
  t.is(limitWith(files), 128);
});

test('without any limit there is none', (t) => {
  t.is(limitWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'max\n' }), null);
});
