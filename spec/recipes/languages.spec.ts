import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startControl } from '../support/control.js';
import { type DebianProgram, findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { temporaryDirectory } from '../support/program.js';
import { type Ended, runToEnd } from '../support/run-to-end.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

type Recipe = {
  readonly file: string;
  /** What it needs; the first is the program that runs it. */
  readonly needs: readonly DebianProgram[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A defect of the code under test, or of the fault, and how the recipe then fails. */
  readonly defect: { readonly from: string; readonly to: string; readonly output: RegExp };
};

const { amqpTools, bunny, compiler, curl, go, jq, phpAmqplib, phpunit, pytest, rspec } = DEBIAN_PROGRAMS;
const bash: DebianProgram = { files: ['bash'], check: ['--version'], packages: [] };

const RECIPES: readonly Recipe[] = [
  {
    file: 'test_refused_login.py',
    needs: [pytest],
    args: ['-m', 'pytest'],
    defect: { from: 'attempts == 1', to: 'attempts == 3', output: /ProbableAuthenticationError.*ACCESS_REFUSED/ },
  },
  {
    file: 'blocked_spec.rb',
    needs: [rspec, bunny],
    defect: { from: '@connection.blocked?', to: 'false', output: /expected: nil\s+got: "kept"/ },
  },
  {
    file: 'StalledBrokerTest.php',
    needs: [phpunit, phpAmqplib],
    args: ['--do-not-cache-result', '--bootstrap', '/usr/share/php/PhpAmqpLib/autoload.php'],
    defect: {
      from: "'timeout' => 0",
      to: "'timeout' => 50",
      output: /-'client unexpectedly closed TCP connection'\s+\+'fault: amqp_stall_downstream'/,
    },
  },
  {
    file: 'reconnect_test.go',
    needs: [go, compiler],
    args: ['test', '-vet=off', '-count=1'],
    env: { GOPATH: '/usr/share/gocode', GO111MODULE: 'off' },
    defect: { from: 'attempts = publish(message)', to: 'return 1', output: /FAIL: TestTheMessage[^\n]*\n[^\n]*: 1 \[/ },
  },
  {
    file: 'refused-header.sh',
    needs: [bash, amqpTools, curl, jq],
    defect: { from: 'for _ in 1 2 3', to: 'for _ in 1', output: /failed in line \d+/ },
  },
];

const TOKEN = 'recipes-have-a-token';

let programs: ReadonlyMap<Recipe, string>;

test.before(async (t) => {
  // Packages may have to be installed.
  t.timeout(150_000);
  const needed = RECIPES.flatMap(({ needs }) => needs);
  const found = await findPrograms(needed, (line) => console.error(`# ${line}`));
  programs = new Map(
    RECIPES.map((recipe) => [recipe, found[needed.indexOf(recipe.needs[0] as DebianProgram)] as string]),
  );
});

/** Runs a copy of a recipe, as a user does in a project. */
async function play(
  t: ExecutionContext,
  recipe: Recipe,
  text: string,
  variables: Readonly<Record<string, string>>,
): Promise<Ended> {
  const { file, args = [], env = {} } = recipe;
  const path = join(temporaryDirectory(t), file);
  writeFileSync(path, text);
  const settings = Object.entries({ ...variables, ...env }).map(([name, value]) => `${name}=${value}`);
  return await runToEnd('env', [...settings, programs.get(recipe) as string, ...args, path], 60_000);
}

for (const recipe of RECIPES) {
  const { file, defect } = recipe;
  const text = readFileSync(join('docs/recipes', file), 'utf8');

  test(`${file} has fewer than 40 lines, and passes with a real broker until it has a defect`, async (t) => {
    t.timeout(150_000);
    t.true(text.trimEnd().split('\n').length < 40);
    const upstream = `127.0.0.1:${sharedRabbitmq().port}`;
    const control = `{listen: 127.0.0.1:0, token: ${TOKEN}}`;
    const config = `listen: 127.0.0.1:0\nupstream: ${upstream}\ncontrol: ${control}`;
    const { url, call, instance } = await startControl(t, config, { token: TOKEN });
    const variables = {
      AMQP_URL: `amqp://guest:guest@${instance.proxies.all[0]?.listen}`,
      RABBIT_SNARE: url,
      RABBIT_SNARE_TOKEN: TOKEN,
    };
    const { code, stdout, stderr } = await play(t, recipe, text, variables);
    t.is(code, 0, `${stdout}\n${stderr}`);
    t.deepEqual((await call('GET', '/faults')).body, [], 'it removes its fault');
    t.is(text.split(defect.from).length, 2);
    const failed = await play(t, recipe, text.replace(defect.from, defect.to), variables);
    t.true((failed.code ?? 0) > 0);
    t.regex(failed.stdout + failed.stderr, defect.output);
  });
}
