/**
 * What a connection did from connect to close, as far as health checks are concerned. The names are values of the API and
 * of metric labels; the texts are for the docs and the dashboard.
 */
export const STYLE_DOCS = {
  no_data: 'Connects, sends nothing, and closes with a FIN.',
  no_data_reset: 'Connects, sends nothing, and resets the connection.',
  hold: 'Connects, sends nothing, and waits until the handshake timeout.',
  partial: 'Sends 1 to 7 bytes and leaves, or waits until the handshake timeout.',
  header_only: 'Sends a good protocol header and leaves, before or after Start.',
  header_close: 'Sends a good protocol header, reads Start, and sends an orderly Close instead of Start-Ok.',
  login: 'Logs in and leaves at once, without opening a channel or session.',
  http: 'Sends an HTTP request.',
  tls_hello: 'Sends a TLS ClientHello and leaves.',
  tls_handshake: 'Completes a TLS handshake and leaves.',
  proxy_local: 'Sends a PROXY header that declares the connection LOCAL.',
  proxy_only: 'Sends a PROXY header and leaves.',
  text: 'Sends text that is not an AMQP protocol header.',
  other: 'Sends bytes of another protocol.',
} as const;

export type HealthCheckStyle = keyof typeof STYLE_DOCS;
