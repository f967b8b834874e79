/** How a side closes TCP. */
export type Close = 'fin' | 'rst';
