/** One attempt to tell somebody, as the courier makes it, by what the daemon tells with. */
import { createHook } from 'node:async_hooks';
import type { AlertMessage, AlertSpec } from '../../src/core/alert.ts';
import { attempt, type Outcome } from '../../src/daemon/attempt.ts';
import { createDelivery, type DeliveryOptions } from '../../src/daemon/delivery.ts';
import { openPtyHost } from '../../src/daemon/pty.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { makeAlert, makeMessage } from './alerts.ts';
import { LOCALHOST } from './servers.ts';

const host = openPtyHost(realClock);

export interface TellOptions extends Partial<Omit<DeliveryOptions, 'ca'>> {
  /** Certificates to trust; `false` for Node's own alone. */
  readonly ca?: string | false;
  /** Ends the attempt. */
  readonly controller?: AbortController;
}

/** Trusts the certificate of the tests' own servers, unless it is told otherwise. */
export async function tell(
  via: AlertSpec['via'],
  message: AlertMessage = makeMessage(),
  { controller = new AbortController(), ca = LOCALHOST.cert, ...changes }: TellOptions = {},
): Promise<Outcome> {
  const deliver = createDelivery({
    clock: realClock,
    host,
    environment: process.env,
    ...(ca !== false && { ca }),
    ...changes,
  });
  return await attempt({ spec: makeAlert({ via }), message }, { deliver, clock: realClock, controller });
}

/** What is begun on the thread pool while the work is done: lookups of names, and calls of the file system. */
export async function poolWork(work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const hook = createHook({
    init: (_id, type) => {
      if (/GETADDRINFO|FSREQ|FILEHANDLE/.test(type)) seen.push(type);
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return seen;
}
