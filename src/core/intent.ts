/**
 * What was decided of a process beyond its config, and outlives the daemon: a person started or stopped it, or policy let
 * it be after it had ended by itself.
 */
export interface Intent {
  readonly want: 'up' | 'down';
  readonly by: 'user' | 'policy';
}

/** Whether a process starts by itself: `autostart` decides only for what nobody has touched. */
export function startsByItself(intent: Intent | undefined, autostart: boolean): boolean {
  return intent === undefined ? autostart : intent.want === 'up';
}

/** Where what is wanted differs from what the config says, in words; undefined where it does not. */
export function noteOf(intent: Intent | undefined, autostart: boolean): string | undefined {
  if (intent === undefined || (intent.want === 'up') === autostart) return undefined;
  if (intent.want === 'up') return 'started by hand, autostart is off';
  return intent.by === 'user' ? 'stopped by hand, autostart is on' : 'ended by itself, not started again';
}
