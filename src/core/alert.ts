/** Whom to tell of what: the `alerts:` section as frozen data, and the message that is told. */
import type { Exit } from './exit.ts';
import type { Millis, UserSpec } from './program.ts';

/** What an alert can be about. `all` in a config stands for each of them but `output`. */
export const CONDITIONS = [
  'unexpected',
  'fatal',
  'crashloop',
  'recovered',
  'stopped',
  'started',
  'reloadfailed',
  'logtrouble',
  'output',
] as const;

export type Condition = (typeof CONDITIONS)[number];

/** What says that something is wrong, until it is over; the gravest last. */
export const ALARMS: readonly Condition[] = ['reloadfailed', 'logtrouble', 'unexpected', 'crashloop', 'fatal'];

export interface EmailSpec {
  readonly kind: 'email';
  readonly to: readonly string[];
  readonly from: string;
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    /** `starttls`: refused when the server does not offer it; `opportunistic`: used when it does. */
    readonly tls: 'none' | 'opportunistic' | 'starttls' | 'implicit';
    readonly user: string | undefined;
    /** A secret. */
    readonly password: string | undefined;
  };
}

export interface HttpSpec {
  readonly kind: 'http';
  /** A secret from its path on, as those of chat services are. */
  readonly url: string;
  /** Values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the signature; undefined for none. */
  readonly secret: string | undefined;
}

export interface SyslogSpec {
  readonly kind: 'syslog';
  readonly address:
    | { readonly transport: 'local' }
    | { readonly transport: 'udp' | 'tcp'; readonly host: string; readonly port: number };
  /** A name of RFC 5424, `daemon`. */
  readonly facility: string;
}

export interface CommandSpec {
  readonly kind: 'command';
  /** The words to run as they are written: their variables, `${program}` and the like, are filled in when it runs. */
  readonly argv: readonly string[];
  /** The directory of the file it stands in, for `${here}`. */
  readonly here: string;
  readonly user: UserSpec | undefined;
}

export interface AlertSpec {
  readonly name: string;
  readonly via: EmailSpec | HttpSpec | SyslogSpec | CommandSpec;
  readonly on: readonly Condition[];
  /** Selectors of the programs it is about; empty for all. */
  readonly programs: readonly string[];
  /** How long after a message the next about the same process and condition is held back, and counted; 0 for never. */
  readonly every: Millis;
  /** So many ends that nobody asked for within so long. */
  readonly crashloop: { readonly ends: number; readonly within: Millis };
  /** Lines of output to tell of; undefined for none. */
  readonly output: OutputSpec | undefined;
}

export interface OutputSpec {
  /** A regular expression of RE2, found anywhere in a line. */
  readonly match: string;
  readonly ignoreCase: boolean;
  /** Selectors within those of the alert; empty for all of them. */
  readonly programs: readonly string[];
}

/** What one alert tells, ready for any way of telling it. No secret is in it: it is kept on disk until delivered. */
export interface AlertMessage {
  /** Unique over all lives of the daemon. */
  readonly id: string;
  readonly alert: string;
  readonly condition: Condition | 'test';
  /** Wall clock, in milliseconds. */
  readonly at: number;
  readonly host: string;
  /** Null where it is about the daemon. */
  readonly program: string | null;
  readonly group: string | null;
  readonly process: string | null;
  readonly pid: number | null;
  /** One line: what happened to whom. */
  readonly summary: string;
  /** How its last life ended and how long that ran; null where none ended. */
  readonly ended: { readonly exit: Exit; readonly ranFor: Millis } | null;
  /** What else there is to say, a sentence each: how many times, how many others were held back. */
  readonly details: readonly string[];
  /** The last lines of its screen, as text. */
  readonly screen: readonly string[];
  /** The command to look closer. */
  readonly look: string;
  /** Messages like it that were held back since the one before. */
  readonly heldBack: number;
  /** The `id` of the alarm that this one ends. */
  readonly endsAlarm: string | null;
  /** The summary of that, whose thread it is; null where it was one of many. */
  readonly endsSummary: string | null;
}
