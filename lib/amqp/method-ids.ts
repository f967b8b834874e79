/** Class and method ids of AMQP 0-9-1 and RabbitMQ's extensions. @see the 0-9-1 definition file */
const CLASSES: Readonly<Record<string, readonly [id: number, methods: Readonly<Record<string, number>>]>> = {
  connection: [
    10,
    {
      start: 10,
      'start-ok': 11,
      secure: 20,
      'secure-ok': 21,
      tune: 30,
      'tune-ok': 31,
      open: 40,
      'open-ok': 41,
      close: 50,
      'close-ok': 51,
      blocked: 60,
      unblocked: 61,
      'update-secret': 70,
      'update-secret-ok': 71,
    },
  ],
  channel: [20, { open: 10, 'open-ok': 11, flow: 20, 'flow-ok': 21, close: 40, 'close-ok': 41 }],
  exchange: [
    40,
    {
      declare: 10,
      'declare-ok': 11,
      delete: 20,
      'delete-ok': 21,
      bind: 30,
      'bind-ok': 31,
      unbind: 40,
      'unbind-ok': 51,
    },
  ],
  queue: [
    50,
    {
      declare: 10,
      'declare-ok': 11,
      bind: 20,
      'bind-ok': 21,
      purge: 30,
      'purge-ok': 31,
      delete: 40,
      'delete-ok': 41,
      unbind: 50,
      'unbind-ok': 51,
    },
  ],
  basic: [
    60,
    {
      qos: 10,
      'qos-ok': 11,
      consume: 20,
      'consume-ok': 21,
      cancel: 30,
      'cancel-ok': 31,
      publish: 40,
      return: 50,
      deliver: 60,
      get: 70,
      'get-ok': 71,
      'get-empty': 72,
      ack: 80,
      reject: 90,
      'recover-async': 100,
      recover: 110,
      'recover-ok': 111,
      nack: 120,
    },
  ],
  confirm: [85, { select: 10, 'select-ok': 11 }],
  tx: [90, { select: 10, 'select-ok': 11, commit: 20, 'commit-ok': 21, rollback: 30, 'rollback-ok': 31 }],
};

/** The class id and method id of each method by name. For example, `basic.ack` is `[60, 80]`. */
export const METHOD_IDS: ReadonlyMap<string, readonly [classId: number, methodId: number]> = new Map(
  Object.entries(CLASSES).flatMap(([className, [classId, methods]]) =>
    Object.entries(methods).map(([name, id]) => [`${className}.${name}`, [classId, id]] as const),
  ),
);
