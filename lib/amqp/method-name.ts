/** The methods of AMQP 0-9-1 and RabbitMQ's extensions, as Erlang spells them: class id, class, method ids. */
const CLASSES: readonly (readonly [id: number, name: string, methods: Readonly<Record<number, string>>])[] = [
  [
    10,
    'connection',
    {
      ...{ 10: 'start', 11: 'start_ok', 20: 'secure', 21: 'secure_ok', 30: 'tune', 31: 'tune_ok', 40: 'open' },
      ...{ 41: 'open_ok', 50: 'close', 51: 'close_ok', 60: 'blocked', 61: 'unblocked' },
      ...{ 70: 'update_secret', 71: 'update_secret_ok' },
    },
  ],
  [20, 'channel', { 10: 'open', 11: 'open_ok', 20: 'flow', 21: 'flow_ok', 40: 'close', 41: 'close_ok' }],
  [30, 'access', { 10: 'request', 11: 'request_ok' }],
  [
    40,
    'exchange',
    {
      ...{ 10: 'declare', 11: 'declare_ok', 20: 'delete', 21: 'delete_ok' },
      ...{ 30: 'bind', 31: 'bind_ok', 40: 'unbind', 51: 'unbind_ok' },
    },
  ],
  [
    50,
    'queue',
    {
      ...{ 10: 'declare', 11: 'declare_ok', 20: 'bind', 21: 'bind_ok', 30: 'purge', 31: 'purge_ok' },
      ...{ 40: 'delete', 41: 'delete_ok', 50: 'unbind', 51: 'unbind_ok' },
    },
  ],
  [
    60,
    'basic',
    {
      ...{ 10: 'qos', 11: 'qos_ok', 20: 'consume', 21: 'consume_ok', 30: 'cancel', 31: 'cancel_ok', 40: 'publish' },
      ...{ 50: 'return', 60: 'deliver', 70: 'get', 71: 'get_ok', 72: 'get_empty', 80: 'ack', 90: 'reject' },
      ...{ 100: 'recover_async', 110: 'recover', 111: 'recover_ok', 120: 'nack' },
    },
  ],
  [85, 'confirm', { 10: 'select', 11: 'select_ok' }],
  [90, 'tx', { 10: 'select', 11: 'select_ok', 20: 'commit', 21: 'commit_ok', 30: 'rollback', 31: 'rollback_ok' }],
];

/**
 * A method as Erlang spells it, for example `connection.start_ok`; undefined for one that does not exist.
 *
 * @see rabbit_framing_amqp_0_9_1.erl, `lookup_method_name`
 */
export function methodName(classId: number, methodId: number): string | undefined {
  const [, name, methods] = CLASSES.find(([id]) => id === classId) ?? [];
  const method = methods?.[methodId];
  return method === undefined ? undefined : `${name}.${method}`;
}
