/** A client whose first octets are recorded. */
export type Client = {
  readonly protocol: string;
  readonly what: string;
  readonly confidence: 'certain' | 'likely';
  /** The Debian or npm package of the program. */
  readonly from: { readonly debian: string } | { readonly npm: string };
  /** For sh; it connects to 127.0.0.1:$PORT. For a client of npm: JavaScript; `client` is its module, `port` the port. */
  readonly run: string;
  /** What the server sends first, for clients that wait for it. */
  readonly greeting?: string;
  /** Set for a client that insists on its port. */
  readonly port?: number;
  /** Whether it is a server on $PORT, which is met where a proxy is connected the wrong way around. */
  readonly serves?: true;
  /** For a client that makes several connections: the pattern of the one that is meant. */
  readonly only?: string;
};

const NMAP = 'nmap -Pn -n -sV --version-all -p $PORT 127.0.0.1';
const debian = (name: string) => ({ debian: name });
const npm = (name: string) => ({ npm: name });
const of =
  (protocol: string, what: string, confidence: Client['confidence']) =>
  (from: Client['from'], run: string, others: Partial<Client> = {}): Client => ({
    protocol,
    what,
    confidence,
    from,
    run,
    ...others,
  });

/**
 * The clients of Debian 12 and npm. The clients of MySQL (mariadb-client, mysql2) wait for the server's greeting and send nothing
 * when it is `AMQP`.
 */
export const CLIENTS: readonly Client[] = [
  of('TLS', 'tls', 'certain')(debian('openssl'), 'openssl s_client -connect 127.0.0.1:$PORT'),
  of('TLS (HTTPS)', 'tls', 'certain')(debian('curl'), 'curl -sk https://127.0.0.1:$PORT/'),
  of('SSL 2 hello', 'sslv2', 'certain')(debian('nmap'), NMAP, { only: '80 .. 01 03' }),
  of('HTTP GET', 'http', 'certain')(debian('curl'), 'curl -s http://127.0.0.1:$PORT/'),
  of('HTTP HEAD', 'http', 'certain')(debian('curl'), 'curl -sI http://127.0.0.1:$PORT/'),
  of('HTTP-like scan', 'http', 'likely')(debian('nmap'), NMAP, { only: "'GET' 20 'S'" }),
  of('HTTP OPTIONS', 'http', 'likely')(debian('curl'), 'curl -s -X OPTIONS http://127.0.0.1:$PORT/'),
  of('HTTP CONNECT', 'http', 'likely')(debian('curl'), 'curl -s -x http://127.0.0.1:$PORT https://example.com/'),
  of('HTTP/2', 'http2', 'certain')(debian('curl'), 'curl -s --http2-prior-knowledge http://127.0.0.1:$PORT/'),
  of('RTSP OPTIONS', 'http', 'likely')(debian('ffmpeg'), 'ffmpeg -rtsp_transport tcp -i rtsp://127.0.0.1:$PORT/a'),
  of('SIP OPTIONS', 'http', 'likely')(debian('sipsak'), 'sipsak -E tcp -s sip:a@127.0.0.1:$PORT'),
  of('SIP REGISTER', 'sip', 'likely')(debian('sipsak'), 'sipsak -E tcp -U -s sip:a@127.0.0.1:$PORT'),
  of('SMTP', 'smtp', 'likely')(debian('curl'), 'curl -s smtp://127.0.0.1:$PORT/', { greeting: '220 mail ESMTP\r\n' }),
  of(
    'PROXY protocol v1',
    'proxy_protocol_v1',
    'certain',
  )(debian('curl'), 'curl -s --haproxy-protocol http://127.0.0.1:$PORT/'),
  of('SSH', 'ssh', 'certain')(debian('openssh-client'), 'ssh -o BatchMode=yes -p $PORT 127.0.0.1'),
  of('SOCKS 5', 'socks5', 'likely')(debian('curl'), 'curl -s -x socks5://127.0.0.1:$PORT http://example.com/'),
  of(
    'RDP with TLS',
    'rdp',
    'likely',
  )(debian('freerdp2-x11'), 'xvfb-run -a xfreerdp /v:127.0.0.1:$PORT /u:a /p:b /cert:ignore'),
  of(
    'RDP without TLS',
    'rdp',
    'likely',
  )(debian('freerdp2-x11'), 'xvfb-run -a xfreerdp /v:127.0.0.1:$PORT /u:a /p:b /cert:ignore /sec:rdp'),
  of('RDP scan', 'rdp', 'likely')(debian('nmap'), NMAP, { only: '03 00 00 0b 06' }),
  of('SMB 2', 'smb', 'certain')(debian('smbclient'), 'smbclient -L 127.0.0.1 -p $PORT -N'),
  of(
    'SMB 1',
    'smb',
    'certain',
  )(debian('smbclient'), "smbclient -L 127.0.0.1 -p $PORT -N --option='client min protocol=NT1'"),
  of('SMB over NetBIOS', 'smb', 'certain')(debian('smbclient'), 'smbclient -L 127.0.0.1 -p $PORT -N', { port: 139 }),
  of('Java RMI', 'java_rmi', 'certain')(debian('nmap'), NMAP, { only: "'JRMI'" }),
  of('LDAP bind', 'ldap', 'certain')(debian('ldap-utils'), 'ldapsearch -x -H ldap://127.0.0.1:$PORT -b ""'),
  of('LDAP StartTLS', 'ldap', 'certain')(debian('ldap-utils'), 'ldapsearch -ZZ -x -H ldap://127.0.0.1:$PORT -b ""'),
  of('LDAP with long lengths', 'ldap', 'likely')(debian('nmap'), NMAP, { only: '30 84' }),
  of(
    'Kerberos',
    'kerberos',
    'certain',
  )(
    debian('krb5-user'),
    `printf '[libdefaults]\\n default_realm=A.ORG\\n udp_preference_limit=1\\n[realms]\\n A.ORG={\\n kdc=127.0.0.1:%s\\n }\\n' $PORT > "$SCRATCH/krb5" && echo x | KRB5_CONFIG="$SCRATCH/krb5" kinit alice`,
  ),
  of('Kerberos scan', 'kerberos', 'certain')(debian('nmap'), NMAP, { only: '00 00 00 .. 6a' }),
  of('DNS', 'dns', 'likely')(debian('bind9-dnsutils'), 'dig +tcp +tries=1 +time=1 @127.0.0.1 -p $PORT example.com'),
  of('DNS scan', 'dns', 'likely')(debian('nmap'), NMAP, { only: '00 1e 00 06' }),
  of(
    'PostgreSQL SSLRequest',
    'postgresql',
    'certain',
  )(debian('postgresql-client-15'), 'psql -h 127.0.0.1 -p $PORT -U a b'),
  of(
    'PostgreSQL startup',
    'postgresql',
    'likely',
  )(debian('postgresql-client-15'), 'psql "host=127.0.0.1 port=$PORT sslmode=disable user=a dbname=b"'),
  of('Redis', 'redis', 'likely')(debian('redis-tools'), 'redis-cli -p $PORT PING'),
  of('memcached text', 'memcached', 'likely')(debian('libmemcached-tools'), 'memcping --servers=127.0.0.1:$PORT'),
  of('memcached stats', 'memcached', 'likely')(debian('nmap'), NMAP, { only: "'stats'" }),
  of('memcached binary', 'memcached', 'likely')(npm('memjs'), 'client.Client.create("127.0.0.1:" + port).get("hello")'),
  of('MongoDB', 'mongodb', 'likely')(npm('mongodb'), 'new client.MongoClient("mongodb://127.0.0.1:" + port).connect()'),
  of(
    'Cassandra (DSE)',
    'cassandra',
    'likely',
  )(
    npm('cassandra-driver'),
    'new client.Client({ contactPoints: ["127.0.0.1:" + port], localDataCenter: "a" }).connect()',
  ),
  of(
    'Cassandra',
    'cassandra',
    'likely',
  )(
    debian('python3-cassandra'),
    "/usr/bin/python3 -c \"import os; from cassandra.cluster import Cluster; Cluster(['127.0.0.1'], port=int(os.environ['PORT']), protocol_version=4).connect()\"",
  ),
  of('Kafka', 'kafka', 'likely')(debian('kafkacat'), 'kcat -b 127.0.0.1:$PORT -L -m 1'),
  of(
    'Kafka',
    'kafka',
    'likely',
  )(npm('kafkajs'), 'new client.Kafka({ brokers: ["127.0.0.1:" + port], logLevel: 0 }).admin().connect()'),
  of('NATS client', 'http', 'likely')(npm('nats'), 'client.connect({ servers: "127.0.0.1:" + port })', {
    greeting: 'INFO {"server_id":"a","version":"2.9.10","proto":1,"max_payload":1048576}\r\n',
  }),
  of('NATS server', 'nats', 'certain')(debian('nats-server'), 'exec nats-server -a 127.0.0.1 -p $PORT', {
    serves: true,
  }),
  of(
    'NATS route',
    'http',
    'likely',
  )(
    debian('nats-server'),
    'exec timeout 3 nats-server -a 127.0.0.1 -p -1 -cluster nats://127.0.0.1:-1 -routes nats://127.0.0.1:$PORT',
  ),
  of('MariaDB server', 'mysql', 'certain')(
    debian('mariadb-server-core'),
    'mariadb-install-db --no-defaults --user=root --datadir="$SCRATCH" && exec mariadbd --no-defaults --user=root --datadir="$SCRATCH" --bind-address=127.0.0.1 --port=$PORT --socket="$SCRATCH/s"',
    { serves: true },
  ),
  of(
    'RabbitMQ stream',
    'rabbitmq_stream',
    'likely',
  )(
    npm('rabbitmq-stream-js-client'),
    'client.connect({ hostname: "127.0.0.1", port, username: "guest", password: "guest", vhost: "/" })',
  ),
  of(
    'Erlang distribution',
    'erlang_distribution',
    'likely',
  )(
    debian('erlang-base'),
    `erl -noshell -sname x@localhost -start_epmd false -erl_epmd_port $PORT -dist_listen false -eval 'net_kernel:connect_node(list_to_atom("b@localhost")), halt().'`,
  ),
  of(
    'epmd, an Erlang node',
    'epmd',
    'likely',
  )(debian('erlang-base'), "ERL_EPMD_PORT=$PORT erl -noshell -sname x@localhost -start_epmd false -eval 'halt().'"),
  of('epmd, names', 'epmd', 'likely')(debian('erlang-base'), 'epmd -port $PORT -names'),
  of('MQTT 3.1', 'mqtt', 'certain')(debian('mosquitto-clients'), 'mosquitto_pub -V mqttv31 -p $PORT -t a -m b'),
  of('MQTT 3.1.1', 'mqtt', 'certain')(debian('mosquitto-clients'), 'mosquitto_pub -V mqttv311 -p $PORT -t a -m b'),
  of('MQTT 5', 'mqtt', 'certain')(debian('mosquitto-clients'), 'mosquitto_pub -V mqttv5 -p $PORT -t a -m b'),
  of(
    'MQTT with a long user name',
    'mqtt',
    'certain',
  )(debian('mosquitto-clients'), "mosquitto_pub -V mqttv311 -p $PORT -t a -m b -u $(printf 'u%.0s' $(seq 200))"),
  of(
    'AMQP 1.0 without SASL',
    'amqp_1_0_without_sasl',
    'certain',
  )(npm('rhea'), 'client.connect({ host: "127.0.0.1", port, reconnect: false })'),
  of(
    'AMQP 1.0',
    'amqp_1_0',
    'certain',
  )(npm('rhea'), 'client.connect({ host: "127.0.0.1", port, username: "a", password: "b", reconnect: false })'),
];
