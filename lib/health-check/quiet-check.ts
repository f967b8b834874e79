/** The check of HAProxy that the broker logs only at debug: the lines of the backend. */
export const QUIET_HAPROXY = '`option tcp-check` and `tcp-check connect linger`';
