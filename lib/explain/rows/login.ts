import { closing, refused } from '../examples.js';
import type { Family, Match } from '../row.js';

const CHECK =
  'Check the password on the broker: `rabbitmqctl authenticate_user {user} PASSWORD`. Set a new one with `rabbitmqctl change_password {user} PASSWORD`.';
/** AMQP 1.0 clients learn of a refused login from a SASL outcome, and the broker logs it as an error of the handshake. */
const reason = ({ text }: Match) => (text.includes("'v1_0.error'") ? 'handshake_error' : 'auth_failure');

const login = (text: string): string => refused('starting', text);

/** Logins that a broker refuses: the texts of its mechanisms and of all its auth backends. */
export const LOGIN: Family = {
  title: 'Logins',
  intro:
    'Only the log of the broker has the reason for a refused login. The client sees `ACCESS_REFUSED` (403), or a closed connection after 3 s.',
  of: 'reason',
  rows: [
    {
      name: 'loopback_only',
      reason,
      examples: [login("PLAIN login refused: user 'guest' can only connect via localhost")],
      pattern: /user '(?<user>.*?)' can only connect via localhost/,
      what: "The client{at} logged in as '{user}', which may only connect from the broker's own machine.",
      cause:
        'The user is in `loopback_users` (by default `guest`), and the connection is not local. From a container or through a load balancer, no connection is local.',
      worry: 'yes',
      fix: "Create a user: `rabbitmqctl add_user NAME PASSWORD` and `rabbitmqctl set_permissions -p / NAME '.*' '.*' '.*'`. Only for tests: `loopback_users = none` in rabbitmq.conf.",
    },
    {
      name: 'token_expired',
      reason,
      examples: [
        login(
          'PLAIN login refused: Authentication using an OAuth 2/JWT token failed: "Provided JWT token has expired at timestamp 1700000000 (validated at 1700000100)"',
        ),
      ],
      pattern: /(?:token has expired|[tT]oken.{0,40}expired)/,
      what: 'The client{at} logged in with an OAuth 2 token that has expired.',
      cause:
        'The client reconnects with an old token instead of a fresh one, or the clocks of broker and identity provider differ.',
      worry: 'yes',
      fix: 'Let the client get a new token before each connection attempt, and refresh it in time (`update-secret`). Check the clocks (`timedatectl`).',
    },
    {
      name: 'token_invalid',
      reason,
      examples: [
        login('PLAIN login refused: Authentication using an OAuth 2/JWT token failed: provided token is invalid'),
        login('PLAIN login refused: Authentication using OAuth 2/JWT token failed: not_found'),
        login('PLAIN login refused: Authentication using an OAuth 2/JWT token failed: signature_invalid'),
      ],
      pattern: /OAuth 2\/JWT token failed/,
      what: 'The client{at} logged in with an OAuth 2 token that the broker does not accept.',
      cause:
        'The password is not a token, its signature or `aud` does not match, the signing key is unknown, or it has no scope for this broker.',
      worry: 'yes',
      fix: 'Compare `aud` and `scope` of the token with `auth_oauth2.resource_server_id`, and check `auth_oauth2.jwks_uri` or the signing keys.',
    },
    {
      name: 'ldap_login_refused',
      reason,
      examples: [
        login("PLAIN login refused: user 'app' - unauthenticated bind not allowed"),
        login("PLAIN login refused: user 'app' - unauthenticated. Not enough credentials"),
        login('PLAIN login refused: rabbit_auth_backend_ldap failed authenticating app: ldap_connect_error'),
      ],
      pattern:
        /(?:user '(?<user>.*?)' - unauthenticated|rabbit_auth_backend_ldap failed|ldap_\w+|unauthenticated bind not allowed)/,
      what: 'The broker could not check the login of the client{at} with LDAP.',
      cause: 'The password is empty, the LDAP server cannot be reached, or the bind DN or its password is wrong.',
      worry: 'yes',
      fix: 'Set `log.ldap.level = debug` and `auth_ldap.log = network` in rabbitmq.conf and log in once; check `auth_ldap.servers.1` and `auth_ldap.user_dn_pattern`.',
    },
    {
      name: 'http_backend_refused',
      reason,
      examples: [login('PLAIN login refused: Denied by the backing HTTP service')],
      pattern: /Denied by the backing HTTP service|rabbit_auth_backend_http failed/,
      what: 'The HTTP auth service of the broker refused the login of the client{at}.',
      cause: 'The service answered `deny` (wrong password or unknown user), or could not be reached.',
      worry: 'yes',
      fix: 'Look into the log of the service at `auth_http.user_path`.',
    },
    {
      name: 'certificate_login_refused',
      reason,
      examples: [
        login('EXTERNAL login refused: connection peer presented no TLS (x.509) certificate'),
        login('EXTERNAL login refused: no name found'),
        login('EXTERNAL login refused: not a TLS-enabled connection'),
        login('EXTERNAL login refused: TLS configuration is unsafe'),
      ],
      pattern:
        /EXTERNAL login refused: (?:connection peer presented no|no peer certificate|no name found|not a TLS|not an SSL|TLS configuration is unsafe|configuration unsafe|SSL)/,
      what: 'The client{at} tried to log in with its certificate (EXTERNAL), but the broker found no usable one.',
      cause:
        'The client sent no certificate, the connection is not TLS, the certificate has no name where the broker looks for it, or `verify_none` makes it unsafe.',
      worry: 'yes',
      fix: 'Configure the client certificate in the client. On the broker: `ssl_options.verify = verify_peer`, `ssl_options.fail_if_no_peer_cert = true`, `ssl_cert_login_from = common_name`.',
    },
    {
      name: 'certificate_user_unknown',
      reason,
      examples: [login("EXTERNAL login refused: user 'O=client,CN=client.example' - invalid credentials")],
      pattern: /EXTERNAL login refused: user '(?<user>.*?)'/,
      what: "The client{at} logged in with a certificate, but there is no user '{user}'.",
      cause: 'The name in the certificate (by default the whole subject) is not a user of the broker.',
      worry: 'yes',
      fix: "Create it: `rabbitmqctl add_user '{user}' PASSWORD` and `rabbitmqctl clear_password '{user}'`. Or use only the common name: `ssl_cert_login_from = common_name`.",
    },
    {
      name: 'empty_login',
      reason,
      examples: [login("PLAIN login refused: user '' - invalid credentials")],
      pattern: /login refused: user '' - invalid credentials/,
      what: 'The client{at} logged in with an empty user name.',
      cause: 'A variable for the user name is not set in the configuration of the client.',
      worry: 'yes',
      fix: "Set user and password in the client's configuration or URI (`amqp://USER:PASSWORD@HOST`).",
    },
    {
      name: 'login_refused',
      reason,
      examples: [
        login("PLAIN login refused: user 'app' - invalid credentials"),
        login("AMQPLAIN login refused: user 'app' - invalid credentials"),
      ],
      pattern: /login refused: user '(?<user>[\s\S]*?)' - invalid credentials/,
      what: "The broker refused the login of user '{user}' from the client{at}: wrong user or password.",
      cause:
        'The user does not exist on this broker, or the password is wrong (an old secret, a `/` or `@` in a URI that is not percent-encoded, a broker that lost its data directory).',
      worry: 'yes',
      fix: CHECK,
    },
    {
      name: 'login_refused_reply',
      reason,
      examples: [
        'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
      ],
      pattern: /^ACCESS_REFUSED - Login was refused using authentication mechanism (?<mechanism>\S+?)\.? /,
      what: 'The broker refused a login with {mechanism}. This is the text that the client gets; it never has the reason.',
      cause:
        "A wrong user or password, a user such as 'guest' that may only connect from the broker's own machine, or an auth backend that refused or failed.",
      worry: 'yes',
      fix: "Look for the entry with `login refused:` in the broker's log at that time, and explain that one.",
    },
    {
      name: 'login_refused_other',
      reason,
      examples: [
        login(
          "PLAIN login refused: User 'app' authentication failed with internal error. Enable debug logs to see the real error.",
        ),
        login("PLAIN login refused: No modules checked 'app'"),
        closing(
          '{handshake_error,starting,0,{amqp_error,access_refused,"PLAIN login refused: backend unavailable",\'connection.start_ok\'}}',
        ),
      ],
      pattern:
        /login refused\b(?:: (?<why>[\s\S]*))?|^\{handshake_error,starting,(?:\d+,)?\{amqp_error,access_refused,/,
      what: 'The broker refused the login of the client{at}.',
      cause: 'An auth backend refused it or failed. The text of the entry has its reason.',
      worry: 'yes',
      fix: 'Set `log.connection.level = debug` and `log.default.level = debug`, log in once, and look for entries of the auth backend just before this one.',
    },
  ],
};
