import type { Row } from '../row.js';

/** Resource alarms, which block publishers or new connections. */
export const ALARMS: readonly Row[] = [
  {
    name: 'memory_alarm',
    reason: null,
    examples: [
      'memory resource limit alarm set on node rabbit@mq1.\n\n**********************************************************\n*** Publishers will be blocked until this alarm clears ***\n**********************************************************\n',
      'vm_memory_high_watermark set. Memory used:1073741824 allowed:858993459',
    ],
    pattern:
      /^(?:memory resource limit alarm set|vm_memory_high_watermark set|alarm_handler: \{set,\{\{resource_limit,memory)/,
    what: 'The broker uses more memory than allowed and blocks all publishers.',
    cause: 'Queues with too many messages, too many connections or channels, or a limit that is too low.',
    worry: 'yes',
    fix: 'Look at `rabbitmq-diagnostics memory_breakdown`, and let consumers empty the queues. Limit: `vm_memory_high_watermark.relative = 0.6` in rabbitmq.conf.',
  },
  {
    name: 'disk_alarm',
    reason: null,
    examples: [
      'disk resource limit alarm set on node rabbit@mq1.\n\n**********************************************************\n*** Publishers will be blocked until this alarm clears ***\n**********************************************************\n',
      'Free disk space is insufficient. Free bytes: 49807360. Limit: 50000000',
    ],
    pattern: /^(?:disk resource limit alarm set|Free disk space is insufficient)/,
    what: 'The broker has too little free disk space and blocks all publishers.',
    cause: 'The disk is full of messages, logs or other files.',
    worry: 'yes',
    fix: 'Free or add disk space. Limit: `disk_free_limit.absolute = 2GB` in rabbitmq.conf.',
  },
  {
    name: 'descriptor_alarm',
    reason: null,
    examples: [
      'file descriptor limit alarm set.\n\n********************************************************************\n*** New connections will not be accepted until this alarm clears ***\n********************************************************************\n',
      'Ranch acceptor reducing accept rate: out of file descriptors',
      'accept failed: {error,emfile}',
    ],
    pattern:
      /^(?:file descriptor limit alarm set|Ranch acceptor reducing accept rate|[\s\S]*\bemfile\b|[\s\S]*\benfile\b)/,
    what: 'The broker has no file descriptors left and accepts no new connections.',
    cause: 'More connections and queues than the limit on open files allows, or clients that leak connections.',
    worry: 'yes',
    fix: 'Raise it: `LimitNOFILE=65536` in the systemd unit, `ulimit -n`, or `--ulimit nofile=65536` in Docker. Then look for leaks: `rabbitmqctl list_connections user peer_host`.',
  },
  {
    name: 'alarm_cleared',
    reason: null,
    examples: [
      'memory resource limit alarm cleared on node rabbit@mq1',
      'disk resource limit alarm cleared across the cluster',
      'file descriptor limit alarm cleared\n',
      'vm_memory_high_watermark clear. Memory used:1 allowed:2',
      'Free disk space is sufficient. Free bytes: 2. Limit: 1',
    ],
    pattern:
      /^(?:\w+ resource limit alarm cleared|file descriptor limit alarm cleared|alarm '?.*'? cleared|vm_memory_high_watermark clear|Free disk space is sufficient)/,
    what: 'A resource alarm is over. Publishers are no longer blocked.',
    cause: 'Memory, disk space or descriptors are available again.',
    worry: 'no',
    fix: 'Nothing.',
  },
];
