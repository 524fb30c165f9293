/** Asks the terminal what it is (DA1), which every terminal answers, and in its turn: what it had to say before has come by then. */
export const END_MARK = '\x1b[c';

/** The answer, which also ends what is held. VT52-likes and their kin answer so too. */
const ANSWER = /\x1b\[\?[\d;]*c/;

/** Longest answer there is, in characters, with room to spare. */
const LONGEST = 64;

/** Finds the answer to END_MARK in what comes from a terminal, cut anywhere. */
export class EndMarkReader {
  private tail = '';

  /** Whether the answer has come with these bytes. */
  push(bytes: Uint8Array): boolean {
    const text = this.tail + Buffer.from(bytes).toString('latin1');
    this.tail = text.slice(-LONGEST);
    return ANSWER.test(text);
  }
}
