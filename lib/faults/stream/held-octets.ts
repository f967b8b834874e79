/** Octets that the chains of all connections together hold back. */
export const heldByAll = { octets: 0 };
