/** Which group each program is in. */
import type { ConfigFile } from './files.ts';
import { didYouMean } from './node.ts';
import type { Report } from './report.ts';
import { ROWS } from './schema.ts';
import { lineOf, type Place } from './source.ts';
import { settle } from './table.ts';

export interface Membership {
  readonly group: string;
  readonly priority: number;
}

/** The group of each program that is in one; `programs` are all there are. */
export function membershipsOf(
  files: readonly ConfigFile[],
  programs: ReadonlySet<string>,
  report: Report,
): ReadonlyMap<string, Membership> {
  const groups = new Map<string, Place>();
  const memberships = new Map<string, Membership>();
  for (const { name, keyPlace, value } of files.flatMap(file => file.fields.groups?.value ?? [])) {
    const before = groups.get(name);
    if (before !== undefined)
      report.error(keyPlace, `the group \`${name}\` is defined already, in ${showPlace(before)}`);
    groups.set(name, keyPlace);
    const { programs: members = [], priority } = settle(ROWS.GROUP, value);
    for (const { text: member, place } of members) {
      const other = memberships.get(member);
      if (!programs.has(member)) {
        report.error(
          place,
          `there is no program \`${member}\` for the group \`${name}\``,
          didYouMean(member, programs),
        );
      } else if (other !== undefined) {
        const where = other.group === name ? 'it twice' : `the group \`${other.group}\` too`;
        report.error(place, `the program \`${member}\` is in ${where}`, 'a program is in one group at most');
      } else memberships.set(member, { group: name, priority });
    }
  }
  for (const [name, place] of groups) {
    if (programs.has(name) && memberships.get(name)?.group !== name) {
      report.error(
        place,
        `the group \`${name}\` has the name of a program that is not in it`,
        'put that program into the group, or rename one of them',
      );
    }
  }
  return memberships;
}

/** `file:line`, for messages that name a second place. */
export function showPlace({ source, start }: Place): string {
  return `${source.file}:${lineOf(source, start)}`;
}
