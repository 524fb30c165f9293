/**
 * Who asks: a header by which a client says whose it is. Node cannot ask the kernel who is at the other end of a UNIX socket
 * (SO_PEERCRED), so it is the client's word alone. It is told in events and the log, and nothing is decided by it.
 */

/**
 * `who=alice@web1+pts/3&client=taskmasterctl&origin=10.0.0.5`, encoded as a query is: any name fits into a header so, and
 * whatever else comes is read as some name or as none.
 */
export const CLIENT_HEADER = 'x-taskmaster-client';

/** What a client says of itself. */
export interface ClientWord {
  /** `alice@web1 pts/3`. */
  readonly who: string;
  /** `taskmasterctl`. */
  readonly client: string;
  /** The address that its user came from, as by SSH; undefined where that is not known. */
  readonly origin: string | undefined;
}

/** The header's value. */
export function clientHeader({ who, client, origin }: ClientWord): string {
  return new URLSearchParams({ who, client, ...(origin !== undefined && { origin }) }).toString();
}
