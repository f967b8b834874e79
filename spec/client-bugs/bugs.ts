import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';

/** A version of a client, and how a program of `programs` uses it. */
export type Version = {
  /** Its version; undefined if the distribution determines it. */
  readonly version?: string;
  /** The program and its arguments, which the port follows. */
  readonly command: readonly [file: string, ...args: string[]];
  /** Arguments after the port. */
  readonly last?: readonly string[];
};

/** A public bug of a client that faults reproduce. */
export type Bug = {
  /** Also the argument of the command. */
  readonly id: string;
  /** The name of the client's package. */
  readonly client: string;
  /** Where it was reported or fixed. */
  readonly url: string;
  /** The first release without the bug. */
  readonly fixedIn: string;
  /** The faults that provoke it, in the syntax of the command line. */
  readonly faults: readonly string[];
  /** Faults with which the version with the bug passes: it is not the program that is wrong. */
  readonly harmless: readonly string[];
  readonly affected: Version;
  /** A release without the bug; undefined if neither npm nor Debian has one beside the affected one. */
  readonly fixed?: Version;
};

/** The faults as flags of `rabbit-snare run`. */
export function flagsOf(faults: readonly string[]): string {
  return faults.map((fault) => `--fault '${fault}'`).join(' ');
}

/** The version of an npm package that spec/tools installs under the name NAME-VERSION. */
function ofNpm(program: string, name: string, version: string): Version {
  return {
    version,
    command: [process.execPath, `dist/spec/client-bugs/programs/${program}.js`],
    last: [`${name}-${version}`],
  };
}

/** The version of the distribution. */
function ofDebian(file: string, program: string): Version {
  return { command: [file, `spec/client-bugs/programs/${program}`] };
}

const connect = (version: string) => ofNpm('amqp-client-connect', 'amqp-client', version);
const closeBlocked = (version: string) => ofNpm('amqplib-close-blocked', 'amqplib', version);

/** The bugs of docs/client-bugs.md. */
export const BUGS: readonly Bug[] = [
  {
    id: 'amqp-client-206',
    client: '@cloudamqp/amqp-client',
    url: 'https://github.com/cloudamqp/amqp-client.js/issues/206',
    fixedIn: '4.1.1',
    faults: ['slicer average_size=1 delay=20000'],
    harmless: [],
    affected: connect('3.4.1'),
    fixed: connect('4.1.1'),
  },
  {
    id: 'amqp-client-121',
    client: '@cloudamqp/amqp-client',
    url: 'https://github.com/cloudamqp/amqp-client.js/issues/121',
    fixedIn: '3.2.1',
    faults: ['amqp_fin at=open'],
    harmless: [],
    affected: connect('3.1.1'),
    fixed: connect('3.2.1'),
  },
  {
    id: 'amqplib-744',
    client: 'amqplib',
    url: 'https://github.com/amqp-node/amqplib/pull/744',
    fixedIn: '1.0.4',
    faults: ['amqp_blocked delay=500', 'amqp_hold method=connection.close-ok'],
    harmless: ['amqp_blocked delay=500'],
    affected: closeBlocked('1.0.3'),
    fixed: closeBlocked('1.0.4'),
  },
  {
    id: 'bunny-740',
    client: 'Bunny',
    url: 'https://github.com/ruby-amqp/bunny/pull/740',
    fixedIn: '3.2.0',
    faults: ['amqp_close at=running code=320 connection=1', 'amqp_close at=open code=320 connection=2 name=again'],
    harmless: ['amqp_close at=running code=320 connection=1'],
    affected: ofDebian(DEBIAN_PROGRAMS.bunny.files[0], 'bunny_recovery.rb'),
  },
  {
    id: 'py-amqp-398',
    client: 'py-amqp',
    url: 'https://github.com/celery/py-amqp/pull/398',
    fixedIn: '5.2.0',
    faults: ['amqp_stall at=accept timeout=0'],
    harmless: [],
    affected: ofDebian(DEBIAN_PROGRAMS.pyAmqp.files[0], 'py_amqp_tls.py'),
  },
];
