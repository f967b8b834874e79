const LOST = /^(running|open|channel|declare|confirm): .*(ECONNRESET|closed|ended|abruptly)/i;
const NOT_OPENED = /^open: .*(ECONNRESET|EPIPE|abruptly)/;
const REFUSED = /^dial: ECONNREFUSED$/;
const WELL = /^confirm: (done|late)$/;

/**
 * What a client sees of each fault of each scenario, in the words of `ScenarioClient`, of `dial: CODE` for a bare connect, and
 * of `told: CODE TEXT` for a Close. The key is the name of the fault, or its type; `noop` is left out.
 */
export const PROMISED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'accept-and-fin': { amqp_fin: NOT_OPENED },
  'accept-and-silence': { amqp_stall: /^open: hangs$/ },
  'auth-backend-down-403': { amqp_close: /^open: .*403.*ACCESS_REFUSED/ },
  'blocked-close': { amqp_blocked: /^running: blocked, low on disk$/, amqp_hold: /^running: blocked/ },
  'broker-not-up-yet': { connect_refuse: REFUSED },
  'broker-restart-320': { amqp_close: /^running: .*320/, connect_refuse: REFUSED },
  brownout: { latency: /: late$/ },
  'certificate-expired': { tls_certificate: /^open: .*(CERT|SELF_SIGNED|UNABLE_TO_|expired)/ },
  'channel-open-hangs': { amqp_hold: /^channel: hangs$/ },
  'close-hangs': { amqp_hold: /^close: hangs$/ },
  'cluster-failover': { connect_hang: /^dial: hangs$/, connect_refuse: REFUSED, amqp_stall: /^open: late$/ },
  'confirm-never-comes': { amqp_hold: /^confirm: hangs$/ },
  'confirms-late': { amqp_hold: /^confirm: late$/ },
  'confirms-out-of-order': { amqp_confirm: WELL },
  'confirms-together': { amqp_confirm: WELL },
  'connection-limit': { amqp_close: /^told: 530 NOT_ALLOWED - .* connection limit \(2\) is reached$/ },
  'consumer-canceled': { amqp_cancel: /^consumer: canceled$/ },
  'declare-late': { amqp_hold: /^declare: late$/ },
  'delivered-twice': { amqp_deliver: /^delivered: again$/ },
  'few-channels': { amqp_tune: /^tuned: .*channel_max=2$/ },
  'first-two-refused': { amqp_refuse: /^open: (?!done|late|hangs)/ },
  'flaky-10-percent': { amqp_reset: LOST },
  'flapping-broker': { amqp_reset: LOST, connect_refuse: REFUSED },
  'half-a-frame': { amqp_truncate: LOST },
  'half-open': { 'nothing-up': /: hangs$/, 'nothing-down': /: hangs$/ },
  'heartbeat-lost': { amqp_mute_heartbeats: /^running: Heartbeat timeout/ },
  'heartbeats-off': { amqp_tune: /^tuned: heartbeat=0 / },
  'memory-alarm': { amqp_blocked: /^running: blocked, low on memory$/ },
  'network-hiccups': { 'hiccup-up': /: (late|hangs$)/, 'hiccup-down': /: (late|hangs$)/ },
  'nlb-idle': { idle_forget: LOST },
  'no-known-mechanism': { amqp_start: /^open: .*mechanism/i },
  'node-drained': { amqp_close: /^running: .*320.*maintenance mode/, connect_refuse: REFUSED },
  'publishes-nacked': { amqp_nack: /^confirm: .*nacked/ },
  'publishes-returned': { amqp_return: /^returned: 312$/ },
  'pulled-cable': { blackhole: /^dial: hangs$/ },
  'recovery-hit-again': { 'first-hit': /^running: .*320/, 'second-hit': NOT_OPENED, 'third-hit': /^told: 320/ },
  'redeclare-406': { amqp_channel_close: /^declare: .*406.*PRECONDITION_FAILED/ },
  'rolling-restart': { amqp_close: /^running: .*320/, amqp_reset: LOST },
  'rst-after-start': { amqp_reset: NOT_OPENED },
  'slow-network': { 'late-up': /^open: late$/, 'late-down': /^open: late$/, 'slow-up': WELL, 'slow-down': WELL },
  'slow-start': { amqp_stall: /^open: late$/ },
  'slow-tune': { amqp_stall: /^open: late$/ },
  'small-frames': { amqp_tune: /^tuned: .*frame_max=8192 / },
  'split-frame-headers': { slicer: WELL },
  stampede: { amqp_close: /^running: .*320/, connect_refuse: REFUSED, connect_limit: NOT_OPENED },
  'tls-handshake-hangs': { tls_stall: /^open: hangs$/ },
  'vhost-down': { closed: /^running: .*320.*is down/, 'not-opened': /^told: 541 INTERNAL_ERROR - .* is down$/ },
  'vhost-missing': { amqp_close: /^told: 530 NOT_ALLOWED - vhost not found$/ },
};
