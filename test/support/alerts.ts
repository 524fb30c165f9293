/** Alerts and messages made by hand. */
import type { AlertMessage, AlertSpec, EmailSpec } from '../../src/core/alert.ts';
import type { Deliver } from '../../src/daemon/attempt.ts';

/** A mail to one address, by a server that wants no login. */
export function mailTo(to: string): EmailSpec {
  const smtp = { host: 'mail', port: 587, tls: 'starttls', user: undefined, password: undefined } as const;
  return { kind: 'email', to: [to], from: 'tm@box', smtp };
}

export function makeAlert(changes: Partial<AlertSpec> = {}): AlertSpec {
  return {
    name: 'oncall',
    via: { kind: 'http', url: 'http://127.0.0.1:9/hook', headers: {}, secret: undefined },
    on: ['fatal'],
    programs: [],
    every: 60_000,
    crashloop: { ends: 5, within: 300_000 },
    output: undefined,
    ...changes,
  };
}

export function makeMessage(changes: Partial<AlertMessage> = {}): AlertMessage {
  return {
    id: 'boot-1',
    alert: 'oncall',
    condition: 'fatal',
    at: Date.UTC(2026, 10, 21, 6, 5, 26, 123),
    host: 'web1.example.org',
    program: 'web',
    group: 'web',
    process: 'web',
    pid: 4711,
    summary: 'web gave up: exited too quickly',
    ended: { exit: { code: 3, signal: null }, ranFor: 1500 },
    details: ['It was started 4 times.'],
    screen: ['listening on 80', 'error: cannot bind: address in use'],
    look: 'taskmasterctl -c /etc/taskmaster.yaml attach web',
    heldBack: 0,
    endsAlarm: null,
    endsSummary: null,
    ...changes,
  };
}

interface Asked {
  readonly message: AlertMessage;
  readonly spec: AlertSpec;
  readonly signal: AbortSignal;
  readonly answer: (text: string) => void;
  readonly fail: (error: Error) => void;
}

/** A receiver that is the test: what comes waits until it is answered, unless `reply` says what becomes of it. */
export class FakeReceiver {
  readonly asked: Asked[] = [];
  reply: ((asked: Asked) => void) | undefined;

  readonly deliver: Deliver = ({ spec, message, signal }) =>
    new Promise((answer, fail) => {
      const asked: Asked = { spec, message, signal, answer, fail };
      this.asked.push(asked);
      signal.addEventListener('abort', () => fail(new Error('ended')), { once: true });
      this.reply?.(asked);
    });

  get last(): Asked {
    const asked = this.asked.at(-1);
    if (!asked) throw new Error('nothing was delivered');
    return asked;
  }
}
