/**
 * Ends the program without an error when the reader of its output has left, as in `rabbit-snare classify … | head -1`. A
 * running proxy does not end: it counts what it could not write.
 */
export function leaveWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      // Other listeners handle it: those of a running proxy, or of a command that follows one.
      if (stream.listenerCount('error') === 1) process.exit(code === 'EPIPE' ? undefined : 1);
    });
  }
}
