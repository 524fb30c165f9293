/** Configs of a storm: data that chance changes step by step, and the YAML they are written as. */
import { fullnameOf } from '../../src/core/program.ts';
import type { Named } from '../../src/core/selector.ts';
import { Chance } from './chance.ts';
import { CHARACTER_NAMES, type CharacterName, characterOf, type Family } from './characters.ts';

export interface Program {
  readonly name: string;
  /** Its first name, which it keeps when it is renamed: what lives on under a new name still carries the old one. */
  readonly origin: string;
  /**
   * Never changes. Only a childless program may be told to leave leftovers alone: a child that lives on by a policy of
   * yesterday would look like an orphan today. Litter says of itself that it is allowed.
   */
  readonly family: Family;
  readonly character: CharacterName;
  readonly numprocs: number;
  /** Which of a key's VALUES. */
  readonly keys: Readonly<Partial<Record<Key, number>>>;
  readonly isIncluded: boolean;
}

export interface Group {
  readonly name: string;
  readonly programs: readonly string[];
  readonly priority: number | undefined;
}

export interface Model {
  readonly programs: readonly Program[];
  readonly groups: readonly Group[];
  /** Programs that were taken out and may come back under their name. */
  readonly attic: readonly Program[];
  /** Programs that ever were: a name that was given up in a rename is never used again, as its old life may go on. */
  readonly born: number;
  /** Which of DAEMON_SECTIONS. */
  readonly daemon: number;
  /** Decides comments, quotes, order and units: another one means the same. */
  readonly spelling: number;
}

/** Every key but cmd and numprocs, with values, each in all its spellings. */
export const VALUES = {
  shell: [['true'], ['false']],
  processname: [['${program}_${num}', '"${program}_${num}"'], ['${program}-${num}']],
  autostart: [['true'], ['false']],
  autorestart: [['always', 'true', '"always"'], ['never', 'false'], ['unexpected']],
  exitcodes: [['0', '[0]'], ['[0, 7]', '[ 0, 7, ]'], ['3']],
  startretries: [['0'], ['1'], ['2']],
  starttime: [
    ['0', '0s'],
    ['0.1', '100ms'],
    ['0.3', '300ms', '"0.3"'],
  ],
  stopsignal: [['TERM', 'SIGTERM', '15'], ['INT'], ['HUP', '1'], ['USR1'], ['KILL', '9']],
  stoptime: [['0'], ['0.2', '200ms'], ['0.5']],
  stopinput: [['"\\x04"'], ['".exit\\n"']],
  stopasgroup: [['true'], ['false']],
  killasgroup: [['true']],
  leftovers: [['kill'], ['report'], ['ignore']],
  priority: [['1'], ['5'], ['999']],
  user: [['root', '"root"'], ['nobody']],
  umask: [['022', '"022"', '0o22'], ['077']],
  workingdir: [['/'], ['${CHAOS_DIR}', '"${CHAOS_DIR}"'], ['/no/such/directory']],
  env: [['{A: one}', '{"A": "one"}'], ['{A: two, B: }'], ['{}']],
  // What is said of a file that several write to must agree, whoever chooses which: so each of these is a file of its own.
  stdout: [
    ['discard'],
    ['${CHAOS_DIR}/log/${program}.out'],
    ['{file: "${CHAOS_DIR}/log/out.log", maxsize: 1MB}'],
    ['{file: "${CHAOS_DIR}/log/small.log", maxsize: 16KB, backups: 2, compress: true}'],
    ['{file: "${CHAOS_DIR}/log/${process}.txt", format: text, timestamps: true}'],
    [
      '{file: "${CHAOS_DIR}/log/out.json", format: json, mode: 0640}',
      '{file: "${CHAOS_DIR}/log/out.json", format: "json", mode: "0640"}',
    ],
    ['{file: "${CHAOS_DIR}/log/out.log", prefix: "${process}| ", timestamps: local}'],
  ],
  stderr: [
    ['discard'],
    ['${CHAOS_DIR}/log/${program}.err'],
    ['{file: "${CHAOS_DIR}/log/err.log", format: text, prefix: "${process}| "}'],
  ],
  pidfile: [['${CHAOS_DIR}/pid/${process}.pid']],
  terminal: [['{cols: 80, rows: 24}', '{rows: 24, cols: 80}'], ['{cols: 132}'], ['{term: vt100}']],
  scrollback: [
    ['4096', '4KB'],
    ['64KB', '65536'],
  ],
} as const satisfies Record<string, readonly (readonly string[])[]>;

export type Key = keyof typeof VALUES;

/** What the daemon is told of itself. The log stays where the storm reads it, and tells what it did. */
const DAEMON_SECTIONS = [
  [''],
  ['daemon: {shutdowntimeout: 20s}\n', 'daemon:\n  shutdowntimeout: 20\n'],
  ['daemon: {detachkeys: "ctrl-p,ctrl-q"}\n', 'daemon:\n  detachkeys: ctrl-p,ctrl-q\n'],
  ['daemon: {log: {level: debug}}\n', 'daemon: {log: {level: "debug"}}\n'],
  ['daemon: {socket: {mode: 0660}}\n', 'daemon: {socket: {mode: "0660"}}\n'],
  // Nobody listens: messages wait, are tried again, and go with their alert. A command is a child beside the programs.
  [
    'alerts: {sys: {syslog: "udp://127.0.0.1:9", on: all, output: "/[0-9]{2}/"}}\n',
    'alerts:\n  sys:\n    syslog: {address: "udp://127.0.0.1:9"}\n    on: [all]\n    output: {match: "/[0-9]{2}/"}\n',
  ],
  [
    'alerts: {sys: {syslog: "udp://127.0.0.1:9", on: fatal, every: 1s}, run: {command: ["true", "${summary}"], on: all, every: 2}}\n',
    'alerts:\n  run: {command: ["true", "${summary}"], on: [all], every: 2s}\n  sys: {syslog: "udp://127.0.0.1:9", on: [fatal], every: 1s}\n',
  ],
] as const satisfies readonly (readonly string[])[];

/** Every key of a program that the storm changes. A test holds it to the schema. */
export const KEYS = Object.keys(VALUES) as readonly Key[]; // its own keys

/** What applies unless a program says otherwise: fast, and small, so that an hour of output does not fill the memory. */
const DEFAULTS = 'defaults: {starttime: 0.1, stoptime: 0.5, startretries: 1, scrollback: 32KB}';

export const MAX_NUMPROCS = 4;
const [FEWEST, MOST] = [8, 13];

export interface ConfigOptions {
  /** Whether programs can run as somebody else: needs root, setpriv(1) and an account nobody. */
  readonly canChangeUser: boolean;
}

export const CHANGES = [
  'more',
  'fewer',
  'add',
  'remove',
  'bring back',
  'rename',
  'keys',
  'cmd',
  'group',
  'daemon',
  'include',
  'spelling',
] as const;
export type Change = (typeof CHANGES)[number];

export function firstModel(chance: Chance, options: ConfigOptions): Model {
  let model: Model = { programs: [], groups: [], attic: [], born: 0, daemon: 0, spelling: 0 };
  while (model.programs.length < FEWEST + 2) model = applyChange(model, 'add', { chance, options });
  return model;
}

/** Some changes at once, as somebody makes them who edits a file. */
export function changeSome(model: Model, job: Job): { readonly model: Model; readonly changes: readonly Change[] } {
  const changes = Array.from({ length: job.chance.pick([1, 1, 1, 2, 5]) }, () => job.chance.pick(CHANGES));
  return { model: changes.reduce((changed, change) => applyChange(changed, change, job), model), changes };
}

export interface Job {
  readonly chance: Chance;
  readonly options: ConfigOptions;
}

/** One change; nothing where it has nothing to change. */
export function applyChange(model: Model, change: Change, job: Job): Model {
  const { chance } = job;
  const { programs, attic } = model;
  if (change === 'add') return add(model, job);
  if (change === 'bring back') {
    if (attic.length === 0 || programs.length >= MOST) return model;
    const back = chance.pick(attic);
    return { ...model, programs: [...programs, back], attic: attic.filter(program => program !== back) };
  }
  if (change === 'group') return regroup(model, chance);
  if (change === 'daemon') return { ...model, daemon: chance.below(DAEMON_SECTIONS.length) };
  if (change === 'spelling' || programs.length === 0) return { ...model, spelling: chance.below(2 ** 31) };
  const chosen = chance.pick(programs);
  switch (change) {
    case 'more':
      return replace(model, chosen, { numprocs: chance.between(chosen.numprocs, MAX_NUMPROCS) });
    case 'fewer':
      return replace(model, chosen, { numprocs: chance.between(1, chosen.numprocs) });
    case 'include':
      return replace(model, chosen, { isIncluded: !chosen.isIncluded });
    case 'cmd':
      return replace(model, chosen, { character: characterFor(chosen.family, job) });
    case 'keys':
      return replace(model, chosen, { keys: changeKeys(chosen, job) });
    case 'remove':
      if (programs.length <= FEWEST) return model;
      return { ...withoutProgram(model, chosen), attic: [...attic, chosen] };
    case 'rename': {
      const renamed = { ...chosen, name: nameOf(model.born) };
      return {
        ...withoutProgram(model, chosen),
        programs: [...withoutProgram(model, chosen).programs, renamed],
        born: model.born + 1,
      };
    }
  }
}

/** Names end in letters, so that what is behind a `_` or a `-` in a process's name is its number (`as` relies on it). */
function nameOf(born: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return `${letters[born % 26]}${'aeiou'[Math.floor(born / 26) % 5]}${letters[(born * 7) % 26]}${born}x`;
}

function add(model: Model, job: Job): Model {
  if (model.programs.length >= MOST) return model;
  const { chance } = job;
  const family = chance.weigh<Family>([
    [6, 'childless'],
    [5, 'parent'],
    [1, 'litter'],
  ]);
  let program: Program = {
    name: nameOf(model.born),
    origin: nameOf(model.born),
    family,
    character: characterFor(family, job),
    numprocs: chance.pick([1, 1, 1, 2, 3]),
    keys: {},
    isIncluded: chance.isLucky(0.2),
  };
  for (let i = chance.below(3); i > 0; i--) program = { ...program, keys: changeKeys(program, job) };
  return { ...model, programs: [...model.programs, program], born: model.born + 1 };
}

function characterFor(family: Family, { chance }: Job): CharacterName {
  return chance.pick(CHARACTER_NAMES.filter(name => characterOf(name).family === family));
}

/** Some keys set, changed or taken out. What the loader would refuse together is not put together. */
function changeKeys(program: Program, { chance, options }: Job): Program['keys'] {
  const keys: Partial<Record<Key, number>> = { ...program.keys };
  for (const key of chance.some(KEYS, chance.pick([1, 1, 2, 4]))) {
    const value = chance.below(VALUES[key].length + 1);
    delete keys[key];
    if (value === VALUES[key].length) continue;
    if (key === 'user' && !options.canChangeUser) continue;
    if (key === 'leftovers' && program.family === 'parent') continue;
    keys[key] = value;
  }
  return keys;
}

function regroup(model: Model, chance: Chance): Model {
  const { groups, programs } = model;
  if (groups.length > 0 && chance.isLucky(0.5)) {
    const gone = chance.pick(groups);
    return { ...model, groups: groups.filter(group => group !== gone) };
  }
  const free = programs.filter(({ name }) => !groups.some(group => group.programs.includes(name)));
  if (free.length < 4) return model;
  const members = chance.some(free, chance.between(1, 3)).map(({ name }) => name);
  const priority = chance.isLucky(0.3) ? chance.between(1, 3) : undefined;
  // A group keeps its name for as long as it lives; names of groups and programs are apart.
  return { ...model, groups: [...groups, { name: `G${groups.length}${members[0]}`, programs: members, priority }] };
}

function replace(model: Model, program: Program, change: Partial<Program>): Model {
  return { ...model, programs: model.programs.map(old => (old === program ? { ...old, ...change } : old)) };
}

function withoutProgram(model: Model, program: Program): Model {
  const groups = model.groups
    .map(group => ({ ...group, programs: group.programs.filter(name => name !== program.name) }))
    .filter(group => group.programs.length > 0);
  return { ...model, groups, programs: model.programs.filter(other => other !== program) };
}

/** The config with other numbers of processes, as `scale` makes it. */
export function withScale(model: Model, scaled: ReadonlyMap<string, number>): Model {
  const scale = (program: Program): Program => {
    const numprocs = scaled.get(program.name);
    return numprocs === undefined ? program : { ...program, numprocs };
  };
  return scaled.size === 0 ? model : { ...model, programs: model.programs.map(scale) };
}

/** The full names of all the processes that the config stands for. */
export function processNames(model: Model): string[] {
  return namesOf(model)
    .map(({ fullname }) => fullname)
    .sort();
}

/** By what each process can be meant. */
export function namesOf(model: Model): Named[] {
  return model.programs.flatMap(program => {
    const group = model.groups.find(({ programs }) => programs.includes(program.name))?.name ?? program.name;
    return Array.from({ length: program.numprocs }, (_, num) => {
      const name = processName(program, num);
      return { program: program.name, group, name, fullname: fullnameOf(group, name) };
    });
  });
}

function processName({ name, numprocs, keys }: Program, num: number): string {
  const number = numprocs === 1 ? `${num}` : `${num}`.padStart(2, '0');
  if (keys.processname !== undefined) return `${name}${keys.processname === 0 ? '_' : '-'}${number}`;
  return numprocs === 1 ? name : `${name}_${number}`;
}

/** The files of the config by their names, the main one first. `include` is written even where nothing is included. */
export function writeConfig(model: Model): Readonly<Record<'taskmaster.yaml' | 'conf.d/more.yaml', string>> {
  const chance = new Chance(model.spelling);
  const main = model.programs.filter(({ isIncluded }) => !isIncluded);
  const included = model.programs.filter(({ isIncluded }) => isIncluded);
  const groups = model.groups.map(group => {
    const priority = group.priority === undefined ? '' : `, priority: ${group.priority}`;
    return `  ${group.name}: {programs: [${group.programs.join(', ')}]${priority}}\n`;
  });
  return {
    'taskmaster.yaml': [
      `${comment(chance)}${DEFAULTS}\n`,
      'include: [conf.d/*.yaml]\n',
      chance.pick<string>(DAEMON_SECTIONS[model.daemon] ?? ['']),
      groups.length > 0 ? `groups:\n${groups.join('')}` : '',
      programsOf(main, chance),
    ].join(''),
    'conf.d/more.yaml': `${comment(chance)}${programsOf(included, chance)}`,
  };
}

function programsOf(programs: readonly Program[], chance: Chance): string {
  if (programs.length === 0) return 'programs: {}\n';
  const turned = chance.isLucky(0.3) ? [...programs].reverse() : programs;
  return `programs:\n${turned.map(program => programText(program, chance)).join('')}`;
}

function programText(program: Program, chance: Chance): string {
  const cmd = `sh \${CHAOS_DIR}/as ${program.character}`;
  // An empty `env` says nothing, and one with CHAOS_LITTER would be a child's alone: so the script sets that.
  const lines = [
    `cmd: ${chance.pick([cmd, `"${cmd}"`, `'${cmd}'`])}`,
    `numprocs: ${program.numprocs}`,
    ...KEYS.flatMap(key => {
      const value = program.keys[key];
      const spellings: readonly string[] | undefined = value === undefined ? undefined : VALUES[key][value];
      return spellings === undefined ? [] : [`${key}: ${chance.pick(spellings)}`];
    }),
  ];
  const turned = chance.isLucky(0.3) ? lines.reverse() : lines;
  return `${comment(chance)}  ${program.name}:\n${turned.map(line => `    ${line}${chance.isLucky(0.05) ? ' # so' : ''}\n`).join('')}`;
}

function comment(chance: Chance): string {
  return chance.isLucky(0.2) ? `# ${chance.below(1000)}\n` : '';
}

/** A config that must be refused, and why. */
export interface Broken {
  readonly why: string;
  /** What a daemon that starts only warns of, and one that runs does not take. */
  readonly mayStart: boolean;
  readonly text: Uint8Array;
}

/** The main file of the model with one mistake. */
export function breakConfig(model: Model, chance: Chance): Broken {
  const text = writeConfig(model)['taskmaster.yaml'];
  const name = 'broken1x';
  const bad = (why: string, keys: string): Broken =>
    say(why, `${text}\nx-late: 1\n`.replace(/^programs:.*$/m, `programs:\n  ${name}: {${keys}}`));
  const say = (why: string, broken: string, mayStart = false): Broken => ({ why, mayStart, text: Buffer.from(broken) });
  return chance.pick<() => Broken>([
    () => say('empty', ''),
    () => say('only a comment', '# nothing\n'),
    () => say('cut off', `${text}  ${name}:\n    cmd: "never closed\n`),
    () => say('an unknown top-level key', `${text}progams: {}\n`),
    () => say('an include that cannot be read', text.replace('conf.d/*.yaml', '/etc')),
    () => say('an include that is not there', text.replace('conf.d/*.yaml', 'conf.d/no-such-file.yaml'), true),
    () => say('twice the same key', `${text}include: []\n`),
    () => say('tabs', `${text}\t\tx: [\n`),
    () => say('a list at the top', '- programs\n'),
    () => bad('an unknown key', 'cmd: sleep 1, umsk: 022'),
    () => bad('no cmd', 'numprocs: 1'),
    () => bad('too few processes', 'cmd: sleep 1, numprocs: 0'),
    () => bad('no umask', 'cmd: sleep 1, umask: 18'),
    () => bad('no signal', 'cmd: sleep 1, stopsignal: NOPE'),
    () => bad('a quote that does not end', 'cmd: "sh -c \'x"'),
    () => bad('a log in two ways at once', 'cmd: sleep 1, stdout: {file: x.log, format: json, timestamps: utc}'),
    () => bad('a log that is a pidfile', 'cmd: sleep 1, stdout: x.pid, pidfile: x.pid'),
    () => bad('an unset variable', 'cmd: sleep 1, workingdir: "${NO_SUCH_VARIABLE_HERE}"'),
    () => bad('a bound that is no time', 'cmd: sleep 1, stoptime: soon'),
    () => ({
      why: 'not UTF-8',
      mayStart: false,
      text: Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0x0a])]),
    }),
  ])();
}
