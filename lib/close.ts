/** How a TCP connection is closed. */
export type Close = 'fin' | 'rst';
