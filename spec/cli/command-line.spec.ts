import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { flagOptions } from '../../lib/config/flags.js';
import { startProgram, temporaryDirectory } from '../support/program.js';
import { startServer } from '../support/server.js';

const RUN = ['run', '--listen', '127.0.0.1:0', '--control', 'off'];

/** Invalid command lines, variables and files. */
const mistakes: readonly {
  readonly title: string;
  readonly args: readonly string[];
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}[] = [
  {
    title: 'a flag that does not exist',
    args: [...RUN, '--lisen', '1'],
    says: /"--lisen" \(did you mean "--listen"\?\)/,
  },
  { title: 'a command that does not exist', args: ['runn'], says: /"runn" \(did you mean "run"\?\)/ },
  { title: 'a flag without its value', args: ['run', '--listen'], says: /listen/ },
  {
    title: 'a duration without a unit',
    args: [...RUN, '--handshake-timeout', '10'],
    says: /--handshake-timeout.*10/,
  },
  { title: 'a dialect that is not a version', args: [...RUN, '--dialect', 'newest'], says: /--dialect.*newest/ },
  {
    title: 'a word that does not exist',
    args: [...RUN, '--mode', 'gaurd'],
    says: /--mode .*\(did you mean "guard"\?\)/,
  },
  {
    title: 'a variable with a bad value',
    args: RUN,
    env: { RABBIT_SNARE_MODE: 'loud' },
    says: /RABBIT_SNARE_MODE.*loud/,
  },
  {
    title: 'a key that does not exist in the file',
    args: RUN,
    file: 'mode: guard\nhandshakeTimeot: 10s\n',
    says: /snare\.yaml:2:1: .*handshakeTimeot.*handshakeTimeout/,
  },
  {
    title: 'a wrong value in the file',
    args: RUN,
    file: 'mode: guard\nhandshakeTimeout: soon\n',
    says: /snare\.yaml:2:19: .*handshakeTimeout.*soon/,
  },
  { title: 'invalid YAML', args: RUN, file: 'proxies:\n  - [\n', says: /snare\.yaml:\d+:\d+: / },
  {
    title: 'a file that does not exist',
    args: [...RUN, '--config', 'no/such/file.yaml'],
    says: /no\/such\/file\.yaml/,
  },
];

for (const { title, args, file, env = {}, says } of mistakes) {
  test.serial(`${title}: exit code 2 and one line on standard error`, async (t) => {
    let all = args;
    if (file !== undefined) {
      const path = join(temporaryDirectory(t), 'snare.yaml');
      writeFileSync(path, file);
      all = [...args, '--config', path];
    }
    const program = startProgram(t, all, env);
    t.deepEqual(await program.ended, { code: 2, signal: null });
    t.is(program.stdout(), '');
    t.regex(program.stderr(), /^rabbit-snare: [^\n]*\n$/);
    t.regex(program.stderr(), says);
  });
}

test.serial('two errors in a file are two lines', async (t) => {
  const path = join(temporaryDirectory(t), 'snare.yaml');
  writeFileSync(path, 'mode: loud\nclose: maybe\n');
  const program = startProgram(t, [...RUN, '--config', path]);
  t.is((await program.ended).code, 2);
  t.regex(program.stderr(), /^rabbit-snare: .*:1:7: .*loud.*\nrabbit-snare: .*:2:8: .*maybe.*\n$/);
});

test.serial('an upstream that is a listener of the same proxy: exit code 2', async (t) => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const program = startProgram(t, [
      'run',
      '--listen',
      '127.0.0.1:15999',
      '--upstream',
      `${host}:15999`,
      '--control',
      'off',
    ]);
    t.is((await program.ended).code, 2);
    t.regex(program.stderr(), /^rabbit-snare: [^\n]*upstream[^\n]*15999[^\n]*listen[^\n]*\n$/);
  }
});

test.serial('a port that is in use: exit code 1, and no listener stays open', async (t) => {
  const { port } = await startServer(t, () => {});
  const busy = `127.0.0.1:${port}`;
  for (const [flag, what] of [
    ['--listen', `proxy amqp cannot listen on ${busy}`],
    ['--control', `the control API cannot listen on ${busy}`],
  ] as const) {
    const others = flag === '--listen' ? ['--control', 'off'] : ['--listen', '127.0.0.1:0'];
    const program = startProgram(t, ['run', flag, busy, ...others, '--upstream', 'stand-in', '--log-level', 'error']);
    t.deepEqual(await program.ended, { code: 1, signal: null });
    t.is(program.stderr(), `rabbit-snare: ${what}: the address is in use by another program (EADDRINUSE)\n`);
  }
});

test.serial('a report file or ready file that cannot be written: exit code 1', async (t) => {
  for (const flag of ['--reports', '--ready-file']) {
    const program = startProgram(t, [
      ...RUN,
      '--upstream',
      'stand-in',
      '--log-level',
      'error',
      flag,
      'no/such/directory/file',
    ]);
    t.deepEqual(await program.ended, { code: 1, signal: null });
    t.regex(program.stderr(), /^rabbit-snare: [^\n]*no\/such\/directory\/file[^\n]*ENOENT[^\n]*\n$/);
  }
});

test.serial('--version and --help go to standard output, with exit code 0', async (t) => {
  for (const [flag, says] of [
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['--help', /^Commands:$/m],
  ] as const) {
    const program = startProgram(t, [flag]);
    t.deepEqual(await program.ended, { code: 0, signal: null });
    t.regex(program.stdout(), says);
    t.is(program.stderr(), '');
  }
});

const COMMANDS = [
  'run',
  'probe',
  'classify',
  'explain',
  'config',
  'watch',
  'top',
  'connections',
  'health-checks',
  'faults',
  'scenario',
  'toxiproxy',
  'completion',
];

test.serial(
  '--help fits on a terminal of 80 columns and 24 lines, with every command on a line and three examples',
  async (t) => {
    for (const flag of ['--help', '-h']) {
      const program = startProgram(t, [flag]);
      t.is((await program.ended).code, 0);
      const lines = program.stdout().trimEnd().split('\n');
      t.true(lines.length <= 24, `${lines.length} lines, and a terminal has 24:\n${program.stdout()}`);
      for (const line of lines) t.true(line.length <= 80, line);
      for (const command of COMMANDS)
        t.is(lines.filter((line) => line.startsWith(`  rabbit-snare ${command} `)).length, command === 'probe' ? 2 : 1);
      const named = lines.slice(lines.indexOf('Commands:') + 1, lines.indexOf('Options:') - 1);
      t.is(named.length, COMMANDS.length, 'COMMANDS has every command');
      t.is(lines.slice(lines.indexOf('Examples:') + 1).length, 3);
      t.notRegex(program.stdout(), /--handshake-timeout/);
    }
  },
);

test.serial('run --help lists every flag of run in a group', async (t) => {
  const program = startProgram(t, ['run', '--help']);
  t.is((await program.ended).code, 0);
  const groups = program.stdout().split('\n\n').slice(2);
  for (const flag of [...Object.keys(flagOptions()), 'fault', 'scenario']) {
    t.is(groups.filter((group) => new RegExp(`^ +--${flag} `, 'm').test(group)).length, 1, flag);
  }
  t.regex(
    groups.find((group) => group.startsWith('Faults and seed:')) ?? '',
    /--seed [\s\S]*--fault [\s\S]*--scenario /,
  );
  t.is(
    groups
      .find((group) => group.startsWith('Options:'))
      ?.trim()
      .split('\n').length,
    2,
  );
});

test.serial('a flag of run needs no command', async (t) => {
  const program = startProgram(t, ['--listen', '127.0.0.1:0', '--control', 'off', '--dialect', 'newest']);
  t.is((await program.ended).code, 2);
  t.regex(program.stderr(), /^rabbit-snare: --dialect [^\n]*newest[^\n]*\n$/);
  const unknown = startProgram(t, ['--lisen', '1']);
  t.is((await unknown.ended).code, 2);
  t.regex(unknown.stderr(), /^rabbit-snare: [^\n]*lisen[^\n]*\n$/);
});
