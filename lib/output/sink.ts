/** Where octets are written: a file or a stream. One write at a time. */
export interface Sink {
  /**
   * Writes octets.
   *
   * @returns how many were written, at least 1
   * @throws an error with a `code` such as ENOSPC when none were; a later call may succeed
   */
  write(octets: Uint8Array): Promise<number>;
  /**
   * Opens the file again by its path, after it was moved away. A stream has no path and does nothing.
   *
   * @param torn octets of an incomplete line at the end of the file. They are removed if nothing was written after them
   * @throws an error with a `code`; the sink then continues to write to the file that was open
   */
  reopen(torn: number): Promise<void>;
  /** Closes a file. Standard output and standard error stay open. @param torn as for `reopen` */
  close(torn: number): Promise<void>;
}

/** Returns the operating system's code of an error, such as ENOSPC. */
export function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
