/**
 * The programs of a storm. All are one shell script, `as CHARACTER`, which first makes sure that it is alone and then
 * becomes the character.
 *
 * *Alone* means: nothing else of the same (program, number) lives. It takes an exclusive flock(2) on a file named by the
 * two, on fd 9, which the character and all its children inherit. The kernel lets go of it when the last of them has ended
 * and not before, so a daemon that starts a second copy, or a new life while leftovers of the old one are about, is told on
 * by the second one itself, however short they meet. The two come from TASKMASTER_ID as it was at the start: numprocs
 * going from 1 to 3 or a change of group give a new name to the same number of the same program, and change nothing here.
 *
 * The wait of LOCK_WAIT seconds is for one case that is no fault: a child with a group of its own closes 0, 1, 2 before 9
 * when it exits, so that its terminal is at its end an instant before the lock is free. A copy that stays longer is one.
 *
 * What the characters must not do, or the checks would be wrong:
 * - begin a session of their own, or leave both the terminal and the group: docs/CONFIG.md says that such a child is not
 *   found. (Those of a `litter` family may live on by policy, `leftovers: report` or `ignore`: they carry CHAOS_LITTER,
 *   let go of the lock, and are swept up by the storm itself.)
 * - clear their environment, by which they are known.
 */
const LOCK_WAIT = 0.25;
const LOCK_TAKEN = 75;

/** Who has children decides what may be changed about it: see `Program.family` in configs.ts. */
export type Family = 'childless' | 'parent' | 'litter';

export interface Character {
  readonly family: Family;
  /** Does not end by itself. */
  readonly isLasting: boolean;
  readonly script: string;
}

const SLEEP = 'sleep 1000';

export const CHARACTERS = {
  sleeper: { family: 'childless', isLasting: true, script: `exec ${SLEEP}` },
  brief: { family: 'childless', isLasting: false, script: 'exit 0' },
  failing: { family: 'childless', isLasting: false, script: 'exit 7' },
  short: { family: 'childless', isLasting: false, script: 'exec sleep 0.15' },
  crasher: { family: 'childless', isLasting: false, script: 'kill -9 $$' },
  deaf: { family: 'childless', isLasting: true, script: `trap '' TERM INT; exec ${SLEEP}` },
  hupproof: { family: 'childless', isLasting: true, script: `trap '' HUP; exec ${SLEEP}` },
  immortal: { family: 'childless', isLasting: true, script: `trap '' HUP TERM INT USR1 USR2; exec ${SLEEP}` },
  reader: { family: 'childless', isLasting: true, script: 'exec cat' },
  unread: { family: 'childless', isLasting: true, script: `stty raw -echo; exec ${SLEEP}` },
  silent: { family: 'childless', isLasting: true, script: `exec </dev/null >/dev/null 2>&1; exec ${SLEEP}` },
  frozen: { family: 'childless', isLasting: true, script: `kill -STOP $$; exec ${SLEEP}` },
  burst: { family: 'childless', isLasting: true, script: `seq 1 8000; echo oops >&2; exec ${SLEEP}` },
  printer: { family: 'parent', isLasting: true, script: 'while :; do echo "tick $$"; echo tock >&2; sleep 0.05; done' },
  loop: { family: 'parent', isLasting: true, script: `trap '' TERM; while :; do ${SLEEP}; done` },
  group: { family: 'parent', isLasting: true, script: `${SLEEP} & ${SLEEP} & wait` },
  quiet: { family: 'parent', isLasting: true, script: `${SLEEP} </dev/null >/dev/null 2>&1 & wait` },
  groups: { family: 'parent', isLasting: true, script: `set -m; ${SLEEP} & ${SLEEP} & wait` },
  leaver: { family: 'parent', isLasting: false, script: `${SLEEP} & ${SLEEP} & sleep 0.2; exit 0` },
  deafleaver: { family: 'parent', isLasting: false, script: `trap '' TERM HUP; ${SLEEP} & sleep 0.2; exit 3` },
  double: { family: 'parent', isLasting: true, script: `(${SLEEP} &); exec ${SLEEP}` },
  undead: { family: 'parent', isLasting: true, script: `true & exec ${SLEEP}` },
  forker: { family: 'parent', isLasting: true, script: 'while :; do true & sleep 0.03; done' },
  hupparent: { family: 'parent', isLasting: true, script: `trap '' HUP; ${SLEEP} & ${SLEEP} & wait` },
  litterer: { family: 'litter', isLasting: false, script: `CHAOS_LITTER=1 ${SLEEP} 9>&- & exec sleep 0.5` },
  nester: { family: 'litter', isLasting: true, script: `CHAOS_LITTER=1 ${SLEEP} 9>&- & exec ${SLEEP}` },
} as const satisfies Record<string, Character>;

export type CharacterName = keyof typeof CHARACTERS;

export const CHARACTER_NAMES = Object.keys(CHARACTERS) as readonly CharacterName[]; // its own keys

/** A character as what all of them have in common. */
export function characterOf(name: CharacterName): Character {
  return CHARACTERS[name];
}

/** `as`: `$CHAOS_DIR/locks` holds a file for each (program, number), `$CHAOS_DIR/copies` what was caught. */
export function asScript(): string {
  const cases = Object.entries(CHARACTERS).map(([name, { script }]) => `${name}) ${script} ;;`);
  return [
    '#!/bin/sh',
    'name=${TASKMASTER_ID#*:}; name=${name%:*}; name=${name##*:}; num=${name##*[-_]}',
    'case $num in *[!0-9]*) num=0 ;; *) name=${name%[-_]*}; num=${num#0}; num=${num:-0} ;; esac',
    'exec 9>>"$CHAOS_DIR/locks/$name.$num"',
    // Whatever else it ends with, a storm has killed it: then it is asked again.
    `until flock -w ${LOCK_WAIT} -E ${LOCK_TAKEN} 9; do`,
    `if [ $? = ${LOCK_TAKEN} ]; then echo "pid $$ $TASKMASTER_ID of $name $num" >>"$CHAOS_DIR/copies"; break; fi`,
    'done',
    'case $1 in',
    ...cases,
    'esac',
    '',
  ].join('\n');
}
