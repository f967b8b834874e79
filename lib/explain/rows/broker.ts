import { PLAIN_WORDS } from '../../amqp/plain-words.js';
import type { Family } from '../row.js';
import { ALARMS } from './alarms.js';

/** The state of the broker as far as connections feel it. */
export const BROKER: Family = {
  title: 'The broker',
  intro: 'Alarms, listeners and crashes that affect connections.',
  of: 'entry',
  begins:
    /^(?:\w+ resource limit alarm|(?:file descriptor|alarm|Memory|memory|disk|Free disk|Disk free|vm_memory)|Publishers|New connections|started |stopped |Failed to (?:start|stop) |Ranch |Closing connection|Closed \d+ |Suspended all|Asked to |Closing all connections|Could not close connection|Supervisor|supervisor|crasher|\[\{initial_call|CRASH REPORT|\*\* |formatter_crashed|Error in process|Raw client|Resolved client|Client address|\{become|FORMATTER|Error on [dD]irect|user_login|Setting |Stopping |Starting |Secret update|None of the configured|LDAP|HTTP auth|accept|Acceptor|Credential)/,
  rows: [
    ...ALARMS,
    {
      name: 'listener_failed',
      reason: null,
      examples: [
        'Failed to start Ranch listener {acceptor,{0,0,0,0,0,0,0,0},5672} in ranch_tcp:listen([]) for reason eaddrinuse (address already in use)',
        'Failed to start TCP listener [::]:5672, error: {eaddrinuse}',
      ],
      pattern: /^Failed to (?:start|stop) [\s\S]*(?:listener|on )/,
      what: 'The broker could not open a listener.',
      cause:
        'Another process uses the port (an old broker, another container), the address does not exist, or the certificate files cannot be read.',
      worry: 'yes',
      fix: 'Find the other process: `ss -ltnp | grep 5672`.',
    },
    {
      name: 'listener_started',
      reason: null,
      examples: [
        'started TCP listener on [::]:5672',
        'stopped TCP listener on [::]:5672',
        'started TLS (SSL) listener on [::]:5671',
      ],
      pattern: /^(?:started|stopped) (?<what>.*?[lL]istener) on (?<listener>\S+)/,
      what: 'The broker opened or closed a listener ({listener}).',
      cause: 'Normal operation: the node starts or stops.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'closing_on_request',
      reason: null,
      examples: [
        'Closing connection <0.748.0> because "Closed via management plugin"',
        "Closing all connections in vhost 'orders' because it's being deleted",
        "Closing all connections from user 'app' because it's being deleted",
        'Closed 12 local client connections',
        'Suspended all listeners and will no longer accept client connections',
      ],
      pattern:
        /^(?:Closing (?:connection|all connections)|Closed \d+ local|Suspended all listeners|Asked to (?:suspend|resume|close) |Could not close connection)/,
      what: 'The broker closes connections on request.',
      cause: 'An operator closed them, the node goes into maintenance, or a user or virtual host was deleted.',
      worry: 'no',
      fix: 'Nothing, if it was intended.',
    },
    {
      name: 'reader_crashed',
      reason: 'reader_crashed',
      examples: [
        '  crasher:\n    initial call: rabbit_reader:init/3\n    pid: <0.748.0>\n    registered_name: []\n    exception exit: {unknown_method_id,{99,99}}\n      in function  rabbit_framing_amqp_0_9_1:lookup_method_name/1',
        'CRASH REPORT Process <0.748.0> with 0 neighbours exited with reason: {unknown_method_id,{99,99}} in rabbit_framing_amqp_0_9_1:lookup_method_name/1 line 327',
        "[{initial_call,{rabbit_reader,init,['Argument__1','Argument__2','Argument__3']}},{pid,<0.748.0>},{registered_name,[]},{error_info,{exit,{unknown_method_id,{99,99}},[]}}]",
      ],
      pattern:
        /^(?:crasher:|CRASH REPORT|\[\{initial_call)[\s\S]*?\{unknown_method_id,\{(?<classId>\d+),(?<methodId>\d+)\}\}/,
      what: `A client ${PLAIN_WORDS.reader_crashed}: a method that does not exist (class {classId}, method {methodId}).`,
      cause:
        'A client with a defect, a program that does not speak AMQP after its header, or a proxy that changes the bytes.',
      worry: 'maybe',
      fix: 'Find the client by the entry `accepting AMQP connection` with the same process, just before this one.',
    },
    {
      name: 'session_crash',
      reason: null,
      examples: [
        '  crasher:\n    initial call: rabbit_amqp_session:init/1\n    pid: <0.760.0>\n    exception exit: {noproc,[]}',
        "[{initial_call,{rabbit_amqp1_0_session_process,init,['Argument__1']}},{pid,<0.760.0>},{error_info,{exit,{function_clause,[]},[]}}]",
      ],
      pattern:
        /^(?:crasher:|CRASH REPORT|\[\{initial_call)[\s\S]{0,120}?(?<module>rabbit_(?:amqp\w*session\w*|channel|writer)\b)/,
      what: 'The process of a channel or session crashed inside the broker ({module}).',
      cause:
        'The client sent something that the broker does not expect there, a queue was gone, or a defect of the broker.',
      worry: 'maybe',
      fix: 'Look at the reason in the report, and update the client library and the broker if it repeats.',
    },
    {
      name: 'reader_crash',
      reason: 'reader_crashed',
      examples: [
        '  crasher:\n    initial call: rabbit_reader:init/4\n    pid: <0.748.0>\n    exception error: no match of right hand side value {error,einval}',
        'CRASH REPORT Process <0.748.0> with 0 neighbours exited with reason: {channel_termination_timeout} in rabbit_reader:init/4 line 100',
        '  crasher:\n    initial call: rabbit_mqtt_reader:init/1\n    pid: <0.748.0>\n    exception exit: {function_clause,[]}',
        'Error in process <0.748.0> on node rabbit@mq1 with exit value:\n{badarg,[{rabbit_reader,start_connection,5,[]}]}',
      ],
      pattern:
        /^(?:crasher:|CRASH REPORT|\[\{initial_call|Error in process|\*\* (?:Generic server|State machine))[\s\S]*?(?<module>rabbit_(?:amqp\w*_|mqtt_|stomp_|stream_|web_mqtt_|web_stomp_)?(?:reader|handler|processor))\b/,
      what: 'The process of a client connection crashed inside the broker ({module}).',
      cause:
        'The client was gone at an unlucky moment (`einval`, `enotconn`, `closed`), a PROXY header has no addresses (`PROXY UNKNOWN`, LOCAL), or a defect of the broker.',
      worry: 'maybe',
      fix: 'If it comes from health checks of a load balancer with the PROXY protocol, update RabbitMQ (3.11.19, 3.12.1 or later), or let it check without PROXY. Otherwise update the broker.',
    },
    {
      name: 'connection_supervisor',
      reason: null,
      examples: [
        '    supervisor: {<0.747.0>,rabbit_connection_sup}\n    errorContext: child_terminated\n    reason: {unknown_method_id,{99,99}}\n    offender: [{pid,<0.748.0>},{id,reader}]',
        'Supervisor {<0.747.0>,rabbit_connection_sup} had child reader started with rabbit_reader:start_link(<0.750.0>) at <0.748.0> exit with reason {unknown_method_id,{99,99}} in context child_terminated',
        '    supervisor: {<0.747.0>,rabbit_connection_sup}\n    errorContext: shutdown\n    reason: reached_max_restart_intensity',
        '    supervisor: {<0.747.0>,rabbit_channel_sup_sup}\n    errorContext: shutdown_error\n    reason: shutdown',
      ],
      pattern:
        /^[sS]upervisor:? (?:\{?(?:<[\d.]+>|local),\s*)?(?<name>(?:rabbit|amqp|tls|ranch)_\w*(?:connection|channel|conns)\w*)\}?(?! started)/,
      what: 'The supervisor of a connection reports that a process of it ended.',
      cause: 'It repeats the crash report of the same moment, or a connection was ended by force.',
      worry: 'maybe',
      fix: 'Look at the crash report just before it.',
    },
    {
      name: 'formatter_report',
      reason: null,
      examples: [
        '    formatter_crashed: rabbit_logger_text_fmt\n    config: #{single_line => false}\n    log_event: #{meta => #{pid => <0.748.0>}}',
      ],
      pattern: /^formatter_crashed:/,
      what: 'RabbitMQ failed to print an entry about a connection.',
      cause:
        'A defect of RabbitMQ 4.0.0 to 4.1.0: it happens when a client and the broker do not agree on the limits of the connection. The entry `FORMATTER CRASH` just before has the reason.',
      worry: 'maybe',
      fix: 'Update to RabbitMQ 4.1.1 or later.',
    },
    {
      name: 'address_in_login',
      reason: null,
      examples: [
        'Raw client connection hostname during authN phase: {127,0,0,1}',
        'Resolved client hostname during authN phase: 127.0.0.1',
        'Client address during authN phase: {127,0,0,1}',
      ],
      pattern: /^(?:Raw client connection hostname|Resolved client hostname|Client address) during authN phase/,
      what: 'A client logs in. The entry names its address, at debug level.',
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'become',
      reason: null,
      examples: ['{become,{rabbit_amqp1_0_reader,init,[sasl,{}]}}'],
      pattern: /^\{become,/,
      what: 'The process of a connection changed from AMQP 0-9-1 to AMQP 1.0.',
      cause: 'Normal operation, which some versions log at debug level.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'direct_connection',
      reason: null,
      examples: [
        "Error on Direct connection <0.748.0>\naccess to vhost 'orders' refused for user 'app': vhost 'orders' is down",
        'Error on direct client connection <0.748.0>\nvhost orders not found',
      ],
      pattern: /^Error on [dD]irect (?:client )?connection (?<pid>\S+)\s+(?<why>[\s\S]*)/,
      what: 'A connection inside the broker failed: {why}.',
      cause:
        'A plugin (federation, shovel, MQTT or STOMP up to 3.11) uses a virtual host or user that does not exist or is limited.',
      worry: 'yes',
      fix: 'Create the virtual host, or correct the configuration of the plugin.',
    },
    {
      name: 'auth_backend_problem',
      reason: null,
      examples: [
        'LDAP failed to perform an operation. TCP connection to a LDAP server was closed or otherwise defunct. Exhausted all retries.',
        "HTTP authentication denied for user 'app': deny",
        'None of the configured auth backends are usable because their corresponding plugins were not enabled. Please look at the info messages above to learn which plugin(s) should be enabled.',
        "Secret update was refused for user 'app': invalid",
        'Credential expired 5 ms ago',
      ],
      pattern: /^(?:LDAP|HTTP auth\w+ denied|None of the configured auth|Secret update|Credential expired)/,
      what: 'An auth backend refused a user, or could not be used.',
      cause: 'The backend (LDAP, HTTP, OAuth 2) said no, cannot be reached, or its plugin is not enabled.',
      worry: 'yes',
      fix: 'Look at the entries around it for the user, and at the log of the backend.',
    },
    {
      name: 'login_event',
      reason: 'auth_failure',
      examples: ['user_login_authentication refused: app'],
      pattern: /^user_login_authentication\W*(?:refused|failed)/,
      what: 'An auth backend refused a login.',
      cause: 'A wrong password, or an unknown user.',
      worry: 'yes',
      fix: 'Check it: `rabbitmqctl authenticate_user USER PASSWORD`.',
    },
  ],
};
