import type { DebianProgram } from './debian-package.js';

/**
 * All third-party programs that specs run, except RabbitMQ. The test command installs those that are missing before any
 * spec starts, all at once, so that specs need not wait for each other's installations.
 */
export const DEBIAN_PROGRAMS = {
  amqpTools: { files: ['amqp-publish'], check: ['--help'], packages: ['amqp-tools'] },
  blackboxExporter: {
    files: ['prometheus-blackbox-exporter'],
    check: ['--version'],
    packages: ['prometheus-blackbox-exporter'],
  },
  bunny: { files: ['ruby'], check: ['-e', 'require "bunny"'], packages: ['ruby-bunny'] },
  // It has no option that succeeds without a server.
  checkTcp: {
    files: ['/usr/lib/nagios/plugins/check_tcp'],
    check: ['-H', '127.0.0.1', '-p', '1', '-r', 'ok'],
    packages: ['monitoring-plugins-basic'],
  },
  // The headless shell opens a page in a seventh of the CPU time of Chromium. Google Chrome before Chromium: on GitHub's runners,
  // Ubuntu lets only a packaged browser use its sandbox.
  chromium: {
    files: ['chromium-headless-shell', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'],
    check: ['--version'],
    packages: ['chromium-headless-shell'],
    isMissingInUbuntu: true,
  },
  // A C compiler lets Debian's Go use the compiled standard library that it comes with.
  compiler: {
    files: ['gcc'],
    check: ['-xc', '-include', 'stdlib.h', '-fsyntax-only', '/dev/null'],
    packages: ['gcc', 'libc6-dev'],
  },
  curl: { files: ['curl'], check: ['--version'], packages: ['curl'] },
  fish: { files: ['fish'], check: ['--version'], packages: ['fish'] },
  go: {
    files: ['go'],
    check: ['mod', 'edit', '-json', '/usr/share/gocode/src/github.com/rabbitmq/amqp091-go/go.mod'],
    packages: ['golang-github-rabbitmq-amqp091-go-dev', 'golang-go'],
  },
  haproxy: { files: ['haproxy', '/usr/sbin/haproxy'], check: ['-v'], packages: ['haproxy'] },
  iproute2: { files: ['ip', '/usr/sbin/ip'], check: ['-V'], packages: ['iproute2'] },
  jq: { files: ['jq'], check: ['--version'], packages: ['jq'] },
  netcat: { files: ['nc.openbsd'], check: ['-h'], packages: ['netcat-openbsd'] },
  nmap: { files: ['nmap'], check: ['--version'], packages: ['nmap'] },
  openssl: { files: ['openssl'], check: ['version'], packages: ['openssl'] },
  phpAmqplib: {
    files: ['php'],
    check: ['-r', 'require "PhpAmqpLib/autoload.php";'],
    packages: ['php-amqplib', 'php-cli'],
  },
  phpunit: { files: ['/usr/bin/phpunit', 'phpunit'], check: ['--version'], packages: ['phpunit'] },
  // A Python other than the distribution's does not have its packages.
  pika: { files: ['/usr/bin/python3', 'python3'], check: ['-c', 'import pika'], packages: ['python3-pika'] },
  prometheus: { files: ['prometheus'], check: ['--version'], packages: ['prometheus'] },
  promtool: { files: ['promtool'], check: ['--version'], packages: ['prometheus'] },
  pyAmqp: { files: ['/usr/bin/python3', 'python3'], check: ['-c', 'import amqp'], packages: ['python3-amqp'] },
  pytest: {
    files: ['/usr/bin/python3', 'python3'],
    check: ['-c', 'import pika, pytest'],
    packages: ['python3-pika', 'python3-pytest'],
  },
  rabbitmqC: {
    files: ['gcc'],
    check: ['-xc', '-include', 'amqp_tcp_socket.h', '-fsyntax-only', '/dev/null'],
    packages: ['gcc', 'libc6-dev', 'librabbitmq-dev'],
  },
  rspec: { files: ['/usr/bin/rspec', 'rspec'], check: ['--version'], packages: ['ruby-rspec'] },
  zsh: { files: ['zsh'], check: ['--version'], packages: ['zsh'] },
} as const satisfies { readonly [name: string]: DebianProgram };
