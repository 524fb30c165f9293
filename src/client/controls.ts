/** What a verb can do to the shell in which it was called. */
export interface ShellControls {
  /** The shell ends after this command. */
  readonly leave: () => void;
  /** From now on another daemon is meant. Resolves with an exit code, having said why it cannot be reached. */
  readonly open: (place: { readonly config?: string; readonly socket?: string }) => Promise<number>;
  /** What was typed, oldest first. */
  readonly history: () => readonly string[];
  /** Words that stand for others at the beginning of a line; they may be added and removed. */
  readonly aliases: Map<string, string>;
}
