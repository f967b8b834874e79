import test from 'ava';
import { explainEntry } from '../../lib/explain/explain-entry.js';

/** Entries as people quote them, whole or in part, from RabbitMQ 3.0 to 4.3, with the row that explains them. */
const QUOTED: readonly (readonly [row: string, entry: string])[] = [
  [
    'access_granted',
    "connection <0.30973.0> (172.18.0.13:33194 -> 172.18.0.5:5672): user 'admin' authenticated and granted access to vhost '/'",
  ],
  [
    'access_refused_1_0',
    "closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, duration: '3s'):\n{handshake_error,waiting_open,\n                 {'v1_0.error',{symbol,<<\"amqp:unauthorized-access\">>},\n                               {utf8,<<\"user 'guest' can only connect from the node\">>},\n                               undefined}}",
  ],
  [
    'ack_timeout',
    "Channel error on connection <0.12379.25> (10.2.33.26:44502 -> 10.2.18.6:5672, vhost: '/', user: 'redacted'), channel 2:\noperation none caused a channel exception precondition_failed: delivery acknowledgement on channel 2 timed out. Timeout value used: 1800000 ms. This timeout value can be configured, see consumers doc guide to learn more",
  ],
  ['bad_header', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<"HELO foo">>}'],
  ['bad_header', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<"SSH-2.0-">>}'],
  ['bad_version', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_version,{0,0,9,0}}'],
  ['bad_version', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_version,{1,1,0,10}}'],
  [
    'broker_stopped',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a', state: running), channel 0:\n operation none caused a connection exception connection_forced: \"broker forced connection closure with reason 'shutdown'\"",
  ],
  ['certificate_expired', 'TLS server: ... {bad_cert,cert_expired}'],
  [
    'certificate_login_refused',
    'Error on AMQP connection <0.7.0> (10.244.1.5:46222 -> 10.244.2.9:5671, state: starting):\nEXTERNAL login refused: no peer certificate',
  ],
  [
    'certificate_user_unknown',
    "Error on AMQP connection <0.1410.0> (10.10.15.14:52744 -> 10.10.11.16:5671, state: starting):\nEXTERNAL login refused: user 'O=client,CN=client' - invalid credentials",
  ],
  [
    'channel_crashed',
    'Error on AMQP connection <0.827.0> (172.18.0.8:53570 -> 172.18.0.5:5672, vhost: \'/\', user: \'admin\', state: running), channel 1:\n {{timeout,{gen_server,call,[<0.827.0>,{info,[amqp_params]},15000]}},\n [{gen_server,call,3,[{file,"gen_server.erl"},{line,214}]},\n  {rabbit_channel,check_topic_authorisation,5,\n                  [{file,"src/rabbit_channel.erl"},{line,855}]}]}',
  ],
  [
    'channel_error',
    "Error on AMQP connection <0.12379.25> (10.2.33.26:44502 -> 10.2.18.6:5672, vhost: '/', user: 'redacted', state: running), channel 2:\n operation basic.cancel caused a connection exception channel_error: \"expected 'channel.open'\"",
  ],
  [
    'channel_limit',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a', state: running), channel 2048:\n operation channel.open caused a connection exception not_allowed: \"number of channels opened (2047) has reached the negotiated channel_max (2047)\"",
  ],
  [
    'channel_limit',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a', state: running), channel 2048:\n operation none caused a connection exception not_allowed: \"number of channels opened (2047) has reached the negotiated channel_max (2047)\"",
  ],
  [
    'channel_not_opened',
    "Connection 127.0.0.1:63553 -> 127.0.0.1:21000 failed to open channel 1: {'EXIT',{{badmatch,{error,1}}}}",
  ],
  [
    'channels_closed',
    "Closing all channels from connection '172.17.0.1:54496 -> 172.17.0.7:5672' because it has been closed",
  ],
  ['client_certificate_missing', 'TLS server: ... {fail_if_no_peer_cert,no_peer_certificate}'],
  ['client_certificate_refused', 'TLS server generated SERVER ALERT: Fatal - Unknown CA -\n{bad_cert,unknown_ca}'],
  [
    'client_does_not_trust_broker',
    'Error on AMQP connection <0.24410.9> (10.0.6.42:53880 -> 10.0.4.21:5671, state: starting):\n{ssl_upgrade_error,{tls_alert,{unknown_ca,"received CLIENT ALERT: Fatal - Unknown CA"}}}',
  ],
  [
    'client_does_not_trust_broker',
    'TLS server: In state wait_finished received CLIENT ALERT: Fatal - Certificate Unknown',
  ],
  [
    'closed_by_operator',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a', state: running), channel 0:\n operation none caused a connection exception connection_forced: \"Closed via management plugin\"",
  ],
  [
    'closed_by_operator',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a', state: running), channel 0:\n operation none caused a connection exception connection_forced: \"Node was put into maintenance mode\"",
  ],
  ['connection_closed_abruptly', 'client unexpectedly closed TCP connection'],
  [
    'connection_closed_abruptly',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\nconnection_closed_abruptly',
  ],
  [
    'connection_closed_abruptly',
    'exception on TCP connection <0.3222.1> from 10.0.0.1:1234\nconnection_closed_abruptly',
  ],
  [
    'connection_lost',
    "closing AMQP connection <0.1.0> (10.1.1.1:5000 -> 10.1.1.2:5672 - Shovel a -> b (x), vhost: 'a'b', user: 'it's', duration: '1M, 2s'):\nclient unexpectedly closed TCP connection",
  ],
  [
    'connection_lost',
    "closing AMQP connection <0.11069.12> (172.29.60.43:55920 -> 172.21.0.2:5672 - orders:3, vhost: '/', user: 'app'):\nclient unexpectedly closed TCP connection",
  ],
  [
    'connection_lost',
    "closing AMQP connection <0.11069.12> (172.29.60.43:55920 -> 172.21.0.2:5672-orders:3, vhost:'/ ', user:'app'):\nclient unexpectedly closed TCP connection",
  ],
  [
    'connection_lost',
    "closing AMQP connection <0.32602.3> (10.135.45.51:53066 -> 10.61.253.65:5671, vhost: '/orders', user: 'app'):\nclient unexpectedly closed TCP connection",
  ],
  [
    'connection_named',
    'connection <0.30973.0> (172.18.0.13:33194 -> 172.18.0.5:5672) has a client-provided name: pika (x) -> y: z',
  ],
  [
    'connection_supervisor',
    'Supervisor {<0.17153.11>,rabbit_connection_sup} had child reader started with rabbit_reader:start_link(<0.1.0>) at <0.17155.11> exit with reason {aborted,{no_exists,[rabbit_runtime_parameters,cluster_name]}} in context child_terminated',
  ],
  [
    'deprecated_feature',
    'Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: \'/\', user: \'a\', state: running), channel 1:\n operation queue.declare caused a connection exception internal_error: "Feature `transient_nonexcl_queues` is deprecated.\\nBy default, this feature is not permitted anymore.\\nThe feature will be removed from a future major RabbitMQ version, regardless of the configuration; actual version to be determined.\\nTo continue using this feature when it is not permitted by default, set the following parameter in your configuration:\\n    \\"deprecated_features.permit.transient_nonexcl_queues = true\\""',
  ],
  ['descriptor_alarm', 'file descriptor limit alarm set.'],
  [
    'entity_not_found',
    "Channel error on connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a'), channel 1:\n{amqp_error,not_found,\"no queue 'x' in vhost '/'\",'queue.declare'}",
  ],
  ['erlang_cookie', "** Connection attempt from disallowed node 'rabbitmqcli-75-rabbit@mq1' **"],
  [
    'frame_error',
    "Error on AMQP connection <0.12.0> (10.2.33.26:44502 -> 10.2.18.6:5672, vhost: '/', user: 'x', state: running), channel 19793:\n operation none caused a connection exception frame_error: \"type 65, all octets = <<>>: {frame_too_large,1342177289,131064}\"",
  ],
  [
    'frame_max_too_small',
    'closing AMQP connection <0.876.0> (172.18.0.3:52066 -> 172.18.0.2:5672):\nfailed to negotiate connection parameters: negotiated frame_max = 4096 is lower than the minimum allowed value (8192)',
  ],
  [
    'handshake_timeout_header',
    'closing AMQP connection <0.32737.44> (10.0.1.128:34526 -> 10.0.2.174:5672):\n{handshake_timeout,handshake}',
  ],
  [
    'handshake_timeout_start_ok',
    'closing AMQP connection <0.22398.229> (127.0.0.1:36025 -> 127.0.0.1:5672):\n{handshake_timeout,frame_header}',
  ],
  ['handshake_timeout_start_ok', '{handshake_timeout,frame_header}'],
  [
    'header_twice',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{handshake_error,starting,19793,{amqp_error,frame_error,"type 65, all octets = <<>>: {frame_too_large,1342177289,4088}",none}}',
  ],
  [
    'heartbeat_not_sent',
    'closing AMQP connection <0.959.0> (127.0.0.1:52052 -> 127.0.0.1:5672):\n{inet_error,{heartbeat_send_error,timeout}}',
  ],
  [
    'http_after_header',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{handshake_error,starting,17748,\n                 {amqp_error,frame_error,\n                             "type 71, all octets = <<>>: {frame_too_large,539959368,4088}",\n                             none}}',
  ],
  ['http_on_amqp_port', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672): {bad_header,<<"HEAD / H">>}'],
  [
    'idle_timeout_1_0',
    'Error on AMQP 1.0 connection <0.1.0> (running), channel number 0:\n<<"no frame received from client within idle timeout threshold">>',
  ],
  [
    'inequivalent_arg',
    "Channel error on connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a'), channel 1:\noperation queue.declare caused a channel exception precondition_failed: inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the value '60000' of type 'signedint' but current is none",
  ],
  [
    'login_refused',
    "Error on AMQP connection <0.7.0> (10.244.1.5:46222 -> 10.244.2.9:5672 - worker:1, state: starting):\nPLAIN login refused: user 'guest' - invalid credentials",
  ],
  [
    'login_refused',
    "closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{handshake_error,starting,1,{amqp_error,access_refused,\"PLAIN login refused: user 'guest' - invalid credentials\",'connection.start_ok'}}",
  ],
  [
    'loopback_only',
    "Error on AMQP connection <0.872.0> (172.19.0.6:35956 -> 172.19.0.4:5672, state: starting):\nPLAIN login refused: user 'root' can only connect via localhost",
  ],
  ['management_login_refused', "HTTP access denied: user 'guest' - User can only log in via localhost"],
  ['memory_alarm', 'vm_memory_high_watermark set. Memory used:1651261440 allowed:1640416051'],
  [
    'missed_heartbeats',
    'closing AMQP connection <0.2375.628> (127.0.0.1:54720 -> 127.0.0.1:5672):\nmissed heartbeats from client, timeout: 8s',
  ],
  ['missed_heartbeats', 'closing AMQP connection <0.8152.1> ([::1]:60057 -> [::1]:5672):\n{heartbeat_timeout,running}'],
  ['mqtt_accepted', 'accepting MQTT connection <0.25946.18> (10.1.1.1:54254 -> 10.1.1.2:1883, client id: pomp)'],
  ['mqtt_keepalive_timeout', 'closing MQTT connection "10.1.1.1:54254 -> 10.1.1.2:1883" (keepalive timeout)'],
  ['mqtt_keepalive_timeout', 'closing Web MQTT connection "172.17.0.1:55698 -> 172.17.0.2:15675" (keepalive timeout)'],
  ['mqtt_network_error', 'MQTT detected network error for "203.0.113.7:27471 -> 203.0.113.7:1883": closed'],
  [
    'mqtt_protocol_error',
    'MQTT protocol error on connection 203.0.113.7:59800 -> 172.75.0.2:1883: {socket_ends,\neinval}',
  ],
  ['network_timeout', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{inet_error,ehostunreach}'],
  ['network_timeout', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{inet_error,etimedout}'],
  [
    'not_allowed_at_open',
    'Error on AMQP connection <0.19002.7> (10.0.6.42:51790 -> 10.0.4.21:5672, state: starting):\n{handshake_error,opening,{amqp_error,access_refused,"...",none}}',
  ],
  [
    'plain_on_tls_port',
    'TLS server: In state hello at tls_record.erl:564 generated SERVER ALERT: Fatal - Unexpected Message\n - {unsupported_record_type,71}',
  ],
  ['port_scan', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<3,0,0,47,42,224,0,0>>}'],
  [
    'proxy_header_missing',
    "error when receiving proxy header: 'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'",
  ],
  [
    'proxy_header_on_amqp_port',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<"\\r\\n\\r\\n\\0\\r\\nQ">>}',
  ],
  [
    'reader_crash',
    'crasher:\n    initial call: rabbit_reader:init/4\n    pid: <0.6803.0>\n    registered_name: []\n    exception exit: {noproc,{gen_server,call,[undefined,delete_all,infinity]}}\n      in function  gen_server:call/3 (gen_server.erl, line 212)\n      in call from rabbit_reader:close_connection/1 (src/rabbit_reader.erl, line 687)',
  ],
  ['reset_by_peer', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{inet_error,econnreset}'],
  ['reset_by_peer', 'closing AMQP connection <0.26131.12> (127.0.0.1:38632 -> 127.0.0.1:5672):\n{inet_error,enotconn}'],
  [
    'resource_locked',
    "Channel error on connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a'), channel 1:\noperation queue.declare caused a channel exception resource_locked: cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
  ],
  [
    'send_failed',
    'closing AMQP connection <0.20029.3> (10.135.45.50:44966 -> 10.61.253.65:5671):\n{writer,send_failed,timeout}',
  ],
  [
    'send_failed',
    'closing AMQP connection <0.901.0> (172.23.0.10:32300 -> 172.23.0.4:5672):\n\n{writer,send_failed,{error,timeout}}',
  ],
  ['socket_error', 'Error on AMQP connection <0.18.0>: einval (invalid argument)'],
  ['socket_error', 'Error on AMQP connection <0.18.0>: enotconn (socket is not connected)'],
  [
    'tls_bytes_invalid',
    'TLS server: In state hello at tls_dtls_connection.erl:696 generated SERVER ALERT: Fatal - Handshake Failure\n malformed_handshake_data',
  ],
  [
    'tls_bytes_invalid',
    'TLS server: In state {connection,\n                         {alert,2,20,\n                             {"ssl_cipher.erl",276},\n                             undefined,decryption_failed}} at ssl_connection.erl:848 generated SERVER ALERT: Fatal - Unexpected Message',
  ],
  ['tls_client_side', 'TLS client: In state connection received SERVER ALERT: Fatal - Unknown CA'],
  [
    'tls_error_while_open',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5671):\n{inet_error,{tls_alert,"bad record mac"}}',
  ],
  [
    'tls_failed',
    'Error on AMQP connection <0.520.0>:\n{ssl_upgrade_failure,\n    {{function_clause,\n         [{tls_v1,enum_to_oid,[28],[{file,"tls_v1.erl"},{line,404}]},\n          {ssl_handshake,\'-dec_hello_extensions/2-blc$^1/1-0-\',1,\n              [{file,"ssl_handshake.erl"},{line,1657}]}]}}}',
  ],
  ['tls_handshake_timeout', "timeout error during handshake for protocol 'mqtt/ssl' and peer 10.1.1.1:4000"],
  [
    'tls_on_plain_port',
    "closing AMQP connection <0.1073.0> ([::1]:53535 -> [::1]:5672, duration: '0ms'):\n{bad_header,<<22,3,1,0,192,1,0,0>>}",
  ],
  [
    'tls_on_plain_port',
    "closing AMQP connection <0.969.0> ([::1]:53632 -> [::1]:5672, duration: '0ms'):\n{detected_unexpected_tls_header,<<22,3,1,0,192,1,0,0>>}",
  ],
  [
    'tls_version_or_cipher',
    'TLS server: In state hello at tls_handshake.erl:354 generated SERVER ALERT: Fatal - Insufficient Security\n - no_suitable_ciphers',
  ],
  ['tls_version_or_cipher', 'TLS server: In state start received CLIENT ALERT: Fatal - Protocol Version'],
  [
    'token_expired',
    'Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, state: starting):\nPLAIN login refused: Authentication using an OAuth 2/JWT token failed: "Provided JWT token has expired at timestamp 1617185838 (validated at 1617186999)"',
  ],
  [
    'token_invalid',
    'Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, state: starting):\nPLAIN login refused: Authentication using OAuth 2/JWT token failed: {error,key_not_found}',
  ],
  [
    'unexpected_frame',
    'AMQP connection <0.12.0> (running), channel 1 - error:\n{amqp_error,unexpected_frame,\n            "expected content header for class 60, got non content header frame instead",\n            \'basic.publish\'}',
  ],
  [
    'unexpected_frame',
    "Error on AMQP connection <0.12.0> (10.2.33.26:44502 -> 10.2.18.6:5672, vhost: '/', user: 'x', state: running), channel 1:\noperation none caused a connection exception unexpected_frame: \"expected method frame, got non method frame instead\"",
  ],
  [
    'unexpected_frame',
    'operation none caused a connection exception unexpected_frame: "expected method frame, got non method frame instead"',
  ],
  [
    'unknown_mechanism',
    "closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{handshake_error,starting,0,{amqp_error,command_invalid,\"unknown authentication mechanism 'EXTERNAL'\",'connection.start_ok'}}",
  ],
  [
    'vhost_access_refused',
    "Error on AMQP connection <0.611.0> (10.1.2.3:40112 -> 10.1.2.4:5672, user: 'admin', state: opening):\naccess to vhost '/' refused for user 'admin'",
  ],
  [
    'vhost_access_refused',
    "Error on AMQP connection <0.611.0> (10.1.2.3:40112 -> 10.1.2.4:5672, vhost: 'none', user: 'admin', state: opening), channel 0:\n{handshake_error,opening,\n                 {amqp_error,access_refused,\n                             \"access to vhost '/' refused for user 'admin'\",\n                             'connection.open'}}",
  ],
  [
    'vhost_down',
    "Error on AMQP connection <0.611.0> (10.1.2.3:40112 -> 10.1.2.4:5672, vhost: 'none', user: 'admin', state: opening), channel 0:\n {handshake_error,opening,{amqp_error,internal_error,\"access to vhost '/' refused for user 'admin': vhost '/' is down\",'connection.open'}}",
  ],
  [
    'vhost_limit',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, user: 'a', state: opening):\naccess to vhost 'v' refused for user 'a': connection limit (10) is reached",
  ],
  [
    'vhost_not_found',
    "Error on AMQP connection <0.611.0> (10.1.2.3:40112 -> 10.1.2.4:5672, user: 'admin', state: opening):\nvhost /prod not found",
  ],
  [
    'client_certificate_refused',
    'TLS server: In state certify at ssl_handshake.erl:1765 generated SERVER ALERT: Fatal - Handshake Failure\n - {bad_cert,hostname_check_failed}',
  ],
  ['client_does_not_trust_broker', 'SSL: certify: ssl_alert.erl:93:Fatal error: unknown ca'],
  ['tls_version_or_cipher', 'SSL: hello: tls_handshake.erl:127:Fatal error: protocol version'],
  ['mqtt_login_failed', 'MQTT connection 10.0.0.1:4000 -> 10.0.0.2:1883 is closing due to an authorization failure'],
  [
    'unknown_exchange_type',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: '/', user: 'a', state: running), channel 1:\n operation exchange.declare caused a connection exception command_invalid: \"unknown exchange type 'x-delayed-message'\"",
  ],
  ['http_on_amqp_port', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<"OPTIONS ">>}'],
  [
    'bad_header',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<13,10,13,10,13,10,13,10>>}',
  ],
  [
    'bad_header',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<0,0,0,8,4,210,22,47>>}',
  ],
  [
    'tuning_failed',
    "closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{handshake_error,tuning,0,{exit,{amqp_error,not_allowed,\"negotiated heartbeat = 1\",'connection.tune'},'connection.tune_ok',[]}}",
  ],
  [
    'vhost_not_found',
    "Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, vhost: 'none', user: 'a', state: opening), channel 0:\noperation connection.open caused a connection exception not_allowed: \"vhost x not found\"",
  ],
  [
    'missed_heartbeats',
    "closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672 - consumer, duration: '1D, 2H, 3M, 4s'):\nmissed heartbeats from client, timeout: 60s",
  ],
  ['reset_by_peer', 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{inet_error,{error,closed}}'],
  [
    'handshake_error',
    'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{handshake_error,starting,0,{{badmatch,{error,x}},[]}}',
  ],
];

test('quoted entries have the explanation of their row', (t) => {
  for (const [row, text] of QUOTED) t.is(explainEntry({ at: null, level: null, text })?.name, row, text);
  t.true(QUOTED.length > 80);
});

/** Reasons on their own, and the texts that clients get. */
const ALONE: readonly (readonly [row: string, text: string])[] = [
  [
    'tls_on_plain_port',
    'TLS client detected on non-TLS AMQP port. Ensure the client is connecting to the correct port.',
  ],
  ['http_on_amqp_port', 'HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.'],
  ['vhost_not_found', 'vhost orders not found'],
  ['vhost_access_refused', "access to vhost 'orders' refused for user 'app'"],
  ['user_limit', "connection refused for user 'app': user connection limit (5) is reached"],
  [
    'login_refused_reply',
    'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
  ],
  ['vhost_access_refused', "NOT_ALLOWED - access to vhost 'orders' refused for user 'app'"],
  ['vhost_limit', "NOT_ALLOWED - access to vhost 'orders' refused for user 'app': connection limit (10) is reached"],
  ['vhost_not_found', 'NOT_ALLOWED - vhost orders not found'],
  ['channel_limit', 'NOT_ALLOWED - number of channels opened (2047) has reached the negotiated channel_max (2047)'],
  ['broker_stopped', "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"],
  ['closed_by_operator', 'CONNECTION_FORCED - Closed via management plugin'],
  ['channel_error', "CHANNEL_ERROR - expected 'channel.open'"],
  ['entity_not_found', "NOT_FOUND - no queue 'orders' in vhost '/'"],
  ['resource_locked', "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'orders' in vhost '/'"],
  ['permission_missing', "ACCESS_REFUSED - write access to exchange 'events' in vhost '/' refused for user 'app'"],
  ['unknown_delivery_tag', 'PRECONDITION_FAILED - unknown delivery tag 7'],
];

test('a reason on its own, and the text that a client gets, have the explanation of the entry', (t) => {
  for (const [row, text] of ALONE) t.is(explainEntry({ at: null, level: null, text })?.name, row, text);
});

test('an explanation names the client that the entry names', (t) => {
  for (const [, text] of QUOTED) {
    const [, client] = /([\w.[\]:]+:\d+) -> /.exec(text) ?? [];
    if (client !== undefined) t.is(explainEntry({ at: null, level: null, text })?.client, client, text);
  }
});

test('entries that are not about connections have no explanation', (t) => {
  for (const text of [
    'Server startup complete; 3 plugins started.',
    'Mirrored queue q in vhost /: Adding mirror on node rabbit@mq2: <0.1.0>',
    'Waiting for Mnesia tables for 30000 ms, 9 retries left',
    'Memory high watermark set to 1505 MiB (1578134732 bytes) of 3762 MiB (3945336832 bytes) total',
    '',
  ]) {
    t.is(explainEntry({ at: null, level: null, text }), null, text);
  }
});

test('an entry about a connection that the table does not know says so', (t) => {
  const text = 'closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{something_new,42}';
  const explanation = explainEntry({ at: null, level: null, text });
  t.is(explanation?.name, 'unknown_connection_entry');
  t.is(explanation?.client, '10.1.2.3:1');
  t.is(explanation?.reason, null);
});

test('a fix that is pasted into a terminal has the values of the entry as single words', (t) => {
  const user = "x' ; touch /tmp/x ; '";
  const text = `Error on AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672, state: starting):\nPLAIN login refused: user '${user}' - invalid credentials`;
  const { fix = '' } = explainEntry({ at: null, level: null, text }) ?? {};
  t.true(fix.includes("rabbitmqctl authenticate_user 'x'\\'' ; touch /tmp/x ; '\\''' PASSWORD"), fix);
});

test('long and hostile entries are explained in time', (t) => {
  const name = `${'('.repeat(50_000)}${', vhost: '.repeat(5_000)}`;
  for (const text of [
    `closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672 - ${name}, vhost: '/', user: 'a'):\nclient unexpectedly closed TCP connection`,
    `TLS server: In state hello ${'ALERT: Fatal - '.repeat(50_000)}`,
    `{handshake_error,starting,0,${'{'.repeat(100_000)}`,
    `closing AMQP connection <0.1.0> (10.1.2.3:1 -> 10.1.2.4:5672):\n{bad_header,<<"${'\\'.repeat(100_000)}`,
    'a:1 -> '.repeat(50_000),
  ]) {
    const from = performance.now();
    explainEntry({ at: null, level: null, text });
    t.true(performance.now() - from < 5_000);
  }
});
