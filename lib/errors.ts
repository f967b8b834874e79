/** An error that names itself by a `code`, for programs; its message is for people. */
export class RabbitSnareError extends Error {
  override readonly name: string = 'RabbitSnareError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A file can hold any number of problems; a message lists this many. */
const LISTED = 20;

/**
 * What a user wrote in a file, a variable or a flag cannot be used. The message has one line for each problem, each
 * with the thing, the rule and the value, and is meant to be printed as it is, without a stack trace.
 */
export class ConfigError extends RabbitSnareError {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[], options?: ErrorOptions) {
    const all = typeof problems === 'string' ? [problems] : problems;
    const more = all.length > LISTED ? ['and more'] : [];
    super('ERR_CONFIG', [...all.slice(0, LISTED), ...more].join('\n'), options);
    this.problems = all;
  }
}
