/** Something that the word may become, without quotes. */
export interface Suggestion {
  readonly word: string;
  readonly help: string;
  /** False when more belongs to the word. */
  readonly isWhole: boolean;
}

/** A word to which nothing more belongs. */
export function whole(word: string, help: string): Suggestion {
  return { word, help, isWhole: true };
}
