/** The ways of telling somebody, by kind. */
import type { Clock } from '../runtime/clock.ts';
import { runAlertCommand } from './alertcommand.ts';
import type { Deliver } from './attempt.ts';
import { sendMail } from './mail.ts';
import type { PtyHost } from './pty.ts';
import { tellSyslog } from './syslog.ts';
import { postAlert } from './webhook.ts';

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly host: PtyHost;
  /** The daemon's environment as programs get it, for commands. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Certificates to trust in place of Node's own, as PEM. */
  readonly ca?: string;
  /** Where the machine's own syslog listens, in place of `/dev/log`. */
  readonly localSocket?: string;
}

/** Tells a message in the way that its alert's spec says. */
export function createDelivery({ clock, host, environment, ca, localSocket }: DeliveryOptions): Deliver {
  return async ({ spec: { via }, message, signal }) => {
    switch (via.kind) {
      case 'email':
        return await sendMail(via, message, { clock, signal, ca });
      case 'http':
        return await postAlert(via, message, { clock, signal, ca });
      case 'syslog':
        return await tellSyslog(via, message, { clock, signal, host, localSocket });
      case 'command':
        return await runAlertCommand(via, message, { clock, signal, host, environment });
    }
  };
}
