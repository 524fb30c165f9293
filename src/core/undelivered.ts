/** What of the alerts outlives the daemon: messages that nobody has got yet, and what the rules of the alerts remember. */
import type { AlertMessage } from './alert.ts';
import { parseMessage } from './alertmessage.ts';
import type { Millis } from './program.ts';

/** The form of the file; one of another is not read. */
export const UNDELIVERED_VERSION = 1;

export interface UndeliveredMessage {
  readonly message: AlertMessage;
  /** How often it was tried. */
  readonly attempts: number;
  /** How long it has waited, as far as a daemon ran. */
  readonly waited: Millis;
}

export interface Undelivered {
  /** In the order in which they were made, for each alert. */
  readonly messages: readonly UndeliveredMessage[];
  /** The rules' own, and JSON: nobody else looks into it. */
  readonly alarms: unknown;
}

/** As the file holds it. */
export function formatUndelivered({ messages, alarms }: Undelivered): string {
  return `${JSON.stringify({ version: UNDELIVERED_VERSION, messages, alarms })}\n`;
}

/** Reads it again; `problem` says in words that follow a path what is wrong. */
export function parseUndelivered(text: string): { readonly record: Undelivered } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || !('version' in value)) return { problem: 'is of no known form' };
  if (value.version !== UNDELIVERED_VERSION) return { problem: `is of another version (${String(value.version)})` };
  if (!('messages' in value) || !Array.isArray(value.messages)) return { problem: 'has no list of messages' };
  const messages: UndeliveredMessage[] = [];
  for (const [index, entry] of value.messages.entries()) {
    const read = parseEntry(entry);
    if (read === undefined) return { problem: `has a message that is none (number ${index + 1})` };
    messages.push(read);
  }
  return { record: { messages, alarms: 'alarms' in value ? value.alarms : null } };
}

function parseEntry(value: unknown): UndeliveredMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('message' in value) || !('attempts' in value) || !('waited' in value)) return undefined;
  const { attempts, waited } = value;
  const message = parseMessage(value.message);
  if (message === undefined || !isCount(attempts) || !isCount(waited)) return undefined;
  return { message, attempts, waited };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
