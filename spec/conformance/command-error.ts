/** What whoever runs the command can mend. The message is for them, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
