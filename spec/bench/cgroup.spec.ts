import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryDirectory } from '../support/program.js';
import { createCgroup } from './cgroup.js';

const LIMIT = 128 * 1024 ** 2;

test('version 1: the limit is set, and peak and kills are read', (t) => {
  const mount = temporaryDirectory(t);
  mkdirSync(join(mount, 'memory'));
  writeFileSync(join(mount, 'memory', 'memory.limit_in_bytes'), '9223372036854771712');
  const cgroup = createCgroup(LIMIT, mount);
  const directory = join(cgroup.processes, '..');
  t.is(join(directory, '..'), join(mount, 'memory'));
  t.is(readFileSync(join(directory, 'memory.limit_in_bytes'), 'utf8'), String(LIMIT));
  t.is(cgroup.peak, null);
  writeFileSync(join(directory, 'memory.max_usage_in_bytes'), '1048576\n');
  writeFileSync(join(directory, 'memory.oom_control'), 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n');
  t.is(cgroup.peak, 1_048_576);
  t.is(cgroup.kills, 2);
});

test('version 2: the controller is enabled and the limit is set', (t) => {
  const mount = temporaryDirectory(t);
  writeFileSync(join(mount, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
  const cgroup = createCgroup(LIMIT, mount);
  const directory = join(cgroup.processes, '..');
  t.is(readFileSync(join(mount, 'cgroup.subtree_control'), 'utf8'), '+memory');
  t.is(readFileSync(join(directory, 'memory.max'), 'utf8'), String(LIMIT));
  writeFileSync(join(directory, 'memory.events'), 'low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 0\n');
  t.is(cgroup.kills, 1);
});

test('without a memory controller, nothing is created', (t) => {
  const mount = temporaryDirectory(t);
  t.throws(() => createCgroup(LIMIT, mount), { message: /has no memory controller/ });
  writeFileSync(join(mount, 'cgroup.controllers'), 'cpuset cpu\n');
  t.throws(() => createCgroup(LIMIT, mount), { message: /has no memory controller/ });
  t.deepEqual(readdirSync(mount), ['cgroup.controllers']);
});
