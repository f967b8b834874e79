/** The check of HAProxy that the broker logs only at debug: the lines of the backend. */
export const QUIET_HAPROXY = '`option tcp-check` and `tcp-check connect linger`';

/** How long a client that sends nothing must stay before it counts as one that waits for the server, in ms. */
export const WAITS = 1_000;
