/** A release of Erlang/OTP whose TLS listener was measured. */
export type Otp = 23 | 25 | 27;

/** The behavior of the TLS listener of one Erlang/OTP release. */
export type ErlangTls = {
  readonly otp: Otp;
  /** Whether an alert is sent before a TLS version was negotiated. */
  readonly sendsEarlyAlerts: boolean;
  /** How TCP is closed after an alert of the server. After an alert of the client and at the timeout, it is a reset. */
  readonly close: 'fin' | 'rst';
  /** The lowest minor version of a record: 0 is SSL 3.0. */
  readonly oldestRecord: 0 | 1;
  /** Whether a warning of the client before its ClientHello is fatal. */
  readonly refusesWarnings: boolean;
  /** Where Erlang's source generates an alert. OTP 23 logs nothing. */
  readonly places: { readonly [place in Place]?: string };
};

/** A cause of an alert. */
export type Place =
  | 'record type'
  | 'record version'
  | 'negotiated version'
  | 'record length'
  | 'unexpected message'
  | 'application data'
  | 'alert'
  | 'warning'
  | 'handshake message'
  | 'handshake length'
  | 'extensions'
  | 'protocol version'
  | 'ciphers 1.2'
  | 'ciphers 1.3'
  | 'groups'
  | 'no certificate 1.2'
  | 'no certificate 1.3'
  | 'certificate'
  | 'certificate purpose'
  | 'record type 1.3';

/**
 * Erlang's TLS listener by OTP release.
 *
 * Measured with OTP 23.2 (RabbitMQ 3.8.9), 25.2 (3.10.8) and 27.3 (4.0.5). OTP 29 (4.3.6) behaves like 27, with other line
 * numbers, which change with each patch release of Erlang. A dialect has the measured release that is nearest to the newest
 * one in RabbitMQ's compatibility matrix: 20 for 3.6, 22 for 3.7, 23 or 24 for 3.8, 24 for 3.9, 25 for 3.10 and 3.11, 26 for
 * 3.12 to 4.0.3, and 27 since 4.0.4. OTP 20 to 22, 24 and 26 were not measured: 20 to 22 count as 23, 24 as 25, 26 as 27.
 *
 * @see https://www.rabbitmq.com/docs/which-erlang
 */
export const ERLANG_TLS: { readonly [otp in Otp]: ErlangTls } = {
  23: {
    otp: 23,
    sendsEarlyAlerts: false,
    close: 'rst',
    oldestRecord: 1,
    refusesWarnings: false,
    places: {},
  },
  25: {
    otp: 25,
    sendsEarlyAlerts: true,
    close: 'rst',
    oldestRecord: 0,
    refusesWarnings: true,
    places: {
      'record type': 'tls_record.erl:564',
      'record version': 'tls_record.erl:577',
      'negotiated version': 'tls_record.erl:585',
      'record length': 'tls_record.erl:619',
      'unexpected message': 'ssl_gen_statem.erl:738',
      'application data': 'tls_gen_connection.erl:394',
      alert: 'ssl_alert.erl:139',
      warning: 'ssl_gen_statem.erl:1060',
      'handshake message': 'ssl_handshake.erl:908',
      'handshake length': 'tls_gen_connection.erl:860',
      extensions: 'tls_handshake.erl:442',
      'protocol version': 'tls_handshake.erl:366',
      'ciphers 1.2': 'tls_handshake.erl:348',
      'ciphers 1.3': 'tls_handshake_1_3.erl:2282',
      groups: 'tls_handshake_1_3.erl:2478',
      'no certificate 1.2': 'tls_dtls_connection.erl:315',
      'no certificate 1.3': 'tls_handshake_1_3.erl:1484',
      certificate: 'ssl_handshake.erl:2109',
      'certificate purpose': 'ssl_handshake.erl:2113',
      'record type 1.3': 'tls_record_1_3.erl:213',
    },
  },
  27: {
    otp: 27,
    sendsEarlyAlerts: true,
    close: 'fin',
    oldestRecord: 0,
    refusesWarnings: true,
    places: {
      'record type': 'tls_record.erl:532',
      'record version': 'tls_record.erl:543',
      'negotiated version': 'tls_record.erl:551',
      'record length': 'tls_record.erl:584',
      'unexpected message': 'ssl_gen_statem.erl:781',
      'application data': 'tls_server_connection.erl:245',
      alert: 'ssl_alert.erl:151',
      warning: 'ssl_gen_statem.erl:1106',
      'handshake message': 'ssl_handshake.erl:958',
      'handshake length': 'tls_gen_connection.erl:873',
      extensions: 'tls_handshake.erl:458',
      'protocol version': 'tls_handshake.erl:372',
      'ciphers 1.2': 'tls_handshake.erl:354',
      'ciphers 1.3': 'tls_server_connection_1_3.erl:922',
      groups: 'tls_handshake_1_3.erl:1107',
      'no certificate 1.2': 'tls_dtls_server_connection.erl:145',
      'no certificate 1.3': 'tls_handshake_1_3.erl:444',
      certificate: 'ssl_handshake.erl:2173',
      'certificate purpose': 'ssl_handshake.erl:2194',
      'record type 1.3': 'tls_record_1_3.erl:199',
    },
  },
};
