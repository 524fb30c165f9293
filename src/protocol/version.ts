/** The version of this package, told by `version` and `GET /v1/daemon`. A test holds it to package.json. */
export const VERSION = '0.5.0';

/**
 * The wire's version, `major.minor`. A client and a daemon of the same major understand each other: a minor only adds.
 * Each side sends its own in every message.
 */
export const PROTOCOL = '1.4';

export const PROTOCOL_HEADER = 'x-taskmaster-protocol';

/** Whether two ends that speak these versions understand each other. */
export function isCompatible(ours: string, theirs: string): boolean {
  return majorOf(ours) === majorOf(theirs);
}

/** One sentence for either end of a connection whose versions do not fit. */
export function mismatchMessage(client: string, daemon: string): string {
  return `this client speaks protocol ${client} and the daemon ${daemon}: use the taskmasterctl that came with the daemon, or restart the daemon with the version of this client`;
}

/** Whether who speaks one version of the same major knows all that another has. */
export function hasAllOf(theirs: string, needed: string): boolean {
  return minorOf(theirs) >= minorOf(needed);
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? '';
}

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
