/** An error with a `code` for programs and a message for people. */
export class RabbitSnareError extends Error {
  override readonly name: string = 'RabbitSnareError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Maximum problems listed in a message. A file can have any number. */
const LISTED = 20;

/**
 * Input from a user cannot be used: a file, an environment variable, a flag or a request. The message has one line per
 * problem, which names the key, the rule and the value. Print it as it is, without a stack trace.
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
