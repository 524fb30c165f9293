/** A line that is being typed, as data. The shell and the dashboard's command line show the same one. */
export interface Line {
  readonly text: string;
  /** Where the next character goes: an index into `text`, never within a grapheme. */
  readonly cursor: number;
}

/** What the completion of a line offers. */
export interface Completion {
  /** The part of the line that a candidate takes the place of: indexes into its text. */
  readonly from: number;
  readonly to: number;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  /** What is put into the line, quoted as the line needs it, without a space behind it. */
  readonly text: string;
  /** What is shown of it, where that is another text. */
  readonly label?: string;
  /** One line that explains it; empty when it explains itself. */
  readonly help: string;
  /** Nothing more belongs to this word, so that a space may follow. */
  readonly isWhole: boolean;
}
