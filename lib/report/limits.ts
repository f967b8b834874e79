/** The limits of the process, which all proxies share, for the health check and the metrics. */
export type Limits = {
  readonly connections: {
    /** Open connections of all proxies. */
    readonly open: number;
    /** How many the process may have; null: no limit is known. */
    readonly max: number | null;
    /** How many files and sockets the process may open; null: no limit is known. */
    readonly openFiles: number | null;
  };
  readonly memory: {
    /** Bytes, without pages of files, and with what the kernel needs for the open connections. */
    readonly used: number;
    /** Bytes; null: no limit. */
    readonly limit: number | null;
    /** Whether new connections are refused because too much is used. */
    readonly refusing: boolean;
  };
};
