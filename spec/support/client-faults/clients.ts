import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPrograms } from '../debian-package.js';
import { DEBIAN_PROGRAMS } from '../debian-programs.js';
import { runToEnd } from '../run-to-end.js';

/** A client program of ours; the port and the time to stay, in ms, are its last arguments. */
export type Client = {
  readonly name: string;
  readonly version: string;
  readonly command: readonly [file: string, ...args: string[]];
};

const GO_PATH = '/usr/share/gocode';
const GO_CLIENT = `${GO_PATH}/src/github.com/rabbitmq/amqp091-go/connection.go`;

const script = (name: string) => `spec/support/clients/${name}`;

/**
 * All clients whose results are in docs/clients.md, in the order of its columns: two of npm, and six of the distribution. The programs
 * in C and Go are compiled.
 *
 * @param folder where compiled programs are written
 * @param say receives one line before something slow
 * @throws Error that says what to install when a client is missing
 */
export async function findClients(folder: string, say: (line: string) => void): Promise<readonly Client[]> {
  const { pika, pyAmqp, bunny, phpAmqplib, rabbitmqC, go, compiler } = DEBIAN_PROGRAMS;
  const programs = [pika, pyAmqp, bunny, phpAmqplib, rabbitmqC, go, compiler];
  const [forPika, forPyAmqp, ruby, php, cc, goTool] = (await findPrograms(programs, say)) as [string, ...string[]];
  const [cProgram, goProgram] = [join(folder, 'rabbitmq-c-session'), join(folder, 'amqp091-go-session')];
  const goSettings = [`GOPATH=${GO_PATH}`, 'GO111MODULE=off', `GOCACHE=${join(folder, 'go-cache')}`];
  await Promise.all([
    outputOf(cc, '-o', cProgram, script('rabbitmq_c_session.c'), '-lrabbitmq'),
    outputOf('env', ...goSettings, `${goTool}`, 'build', '-o', goProgram, script('amqp091_go_session.go')),
  ]);
  return await Promise.all([
    ofNpm('amqplib', 'amqplib'),
    ofNpm('@cloudamqp/amqp-client', 'amqp-client'),
    client('pika', outputOf(forPika, '-c', 'import pika; print(pika.__version__)'), [
      forPika,
      script('pika_session.py'),
    ]),
    client('py-amqp', outputOf(forPyAmqp, '-c', 'import amqp; print(amqp.__version__)'), [
      `${forPyAmqp}`,
      script('py_amqp_session.py'),
    ]),
    client('Bunny', outputOf(ruby, '-e', 'require "bunny/version"; print Bunny::VERSION'), [
      `${ruby}`,
      script('bunny_session.rb'),
    ]),
    client(
      'php-amqplib',
      outputOf(php, '-r', 'require "PhpAmqpLib/autoload.php"; echo PhpAmqpLib\\Package::VERSION;'),
      [`${php}`, script('php_amqplib_session.php')],
    ),
    client('rabbitmq-c', outputOf(cProgram, '--version'), [cProgram]),
    client('amqp091-go', outputOf('sed', '-n', 's/.*buildVersion *= "\\(.*\\)"/\\1/p', GO_CLIENT), [goProgram]),
  ]);
}

async function client(name: string, version: Promise<string>, command: Client['command']): Promise<Client> {
  return { name, version: await version, command };
}

async function ofNpm(name: string, session: string): Promise<Client> {
  const { version } = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8')) as { version: string };
  const file = `dist/spec/support/client-faults/${session}-session.js`;
  return { name, version, command: [process.execPath, file] };
}

async function outputOf(file: string | undefined, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(`${file}`, args, 60_000);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
}
