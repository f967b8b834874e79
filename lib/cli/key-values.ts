/** Returns the keys of a fault in the form of the command line: `at=open code=320`. Keys without a value are left out. */
export const keyValues = (map: object): string =>
  Object.entries(map)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ');
