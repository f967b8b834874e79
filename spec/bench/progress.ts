/** Says on standard error what comes next. Standard output is for the result. */
export const progress = (what: string): void => console.error(`# ${what}`);
