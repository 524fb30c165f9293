import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMAND_VERBS, SHELL_VERBS } from '../../src/client/commands/table.ts';
import { completeLine } from '../../src/client/completion/complete.ts';
import type { World } from '../../src/client/completion/world.ts';
import { GLOBAL_OPTIONS, VERSION_OPTION } from '../../src/client/options.ts';
import { splitWords } from '../../src/core/words.ts';

const WORLD: World = {
  verbs: SHELL_VERBS,
  processes: [
    { name: 'api', group: 'api', program: 'api', state: 'RUNNING' },
    { name: 'cron', group: 'cron', program: 'cron', state: 'STOPPED' },
    { name: "o'web", group: "o'web", program: "o'web", state: 'FATAL' },
    { name: 'web:web_00', group: 'web', program: 'web', state: 'RUNNING' },
    { name: 'web:web_01', group: 'web', program: 'web', state: 'EXITED' },
  ],
  programs: ['spare'],
  alerts: ['mail', 'oncall'],
  aliases: [{ name: 'll', help: 'status' }],
  files: directory => (directory === '' ? ['conf.d/', 'my file.yaml', 'taskmaster.yaml', '.hidden'] : ['a.yaml']),
};

/** The line with `|` at the cursor, completed: what each candidate makes of it. */
function offered(typed: string, world = WORLD): readonly string[] {
  const cursor = typed.indexOf('|');
  const text = typed.replace('|', '');
  const { from, to, candidates } = completeLine({ text, cursor }, world);
  return candidates.map(candidate => `${text.slice(0, from)}${candidate.text}|${text.slice(to)}`);
}

/** The candidates alone. */
function words(typed: string, world = WORLD): readonly string[] {
  const cursor = typed.indexOf('|');
  return completeLine({ text: typed.replace('|', ''), cursor }, world).candidates.map(({ text }) => text);
}

describe('what is offered', () => {
  test.each<[string, readonly string[]]>([
    ['st|', ['status', 'start', 'stop']],
    ['  reloa|', ['reload']],
    ['f|', ['fg']],
    ['l|', ['log', 'll']],
    ['|nothing', SHELL_VERBS.map(({ name }) => name).concat('ll')],
    ['nosuch |', []],
    // First those that the verb does something to.
    ['start |', ['cron', `'o'\\''web'`, 'web:web_01', 'api', 'web:web_00', 'web:*', 'all']],
    ['stop |', ['api', 'web:web_00', 'cron', `'o'\\''web'`, 'web:web_01', 'web:*', 'all']],
    ['status w|', ['web:web_00', 'web:web_01', 'web:*']],
    ['start web:|', ['web:web_01', 'web:web_00', 'web:*']],
    // Once, and not behind what has it already.
    ['stop api c|', ['cron']],
    ['stop web:* |', ['api', 'cron', `'o'\\''web'`]],
    ['stop all |', []],
    ['stop w* |', ['api', 'cron', `'o'\\''web'`]],
    ['stop web:web_00 web|', ['web:web_01', 'web:*']],
    ['stop w*|', []],
    ['attach |', ['api', 'web:web_00', 'cron', `'o'\\''web'`, 'web:web_01']],
    ['attach api |', []],
    ['send api |', []],
    ['signal H|', ['HUP']],
    ['signal sigt|', ['SIGTERM', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGTRAP']],
    ['signal us|', ['USR1', 'USR2']],
    ['signal HUP w|', ['web:web_00', 'web:web_01', 'web:*']],
    ['scale w|', ['web=']],
    ['scale web=|', ['web=3', 'web=1']],
    ['scale web=3 |', []],
    ['remove |', ['cron', `'o'\\''web'`, 'api', 'web']],
    ['remove cron w|', ['web']],
    ['add |', ['spare']],
    ['alert |', ['list', 'test']],
    ['alert test |', ['mail', 'oncall']],
    ['alert test o|', ['oncall']],
    ['help ma|', ['maintail']],
    // supervisorctl's own
    ['tail -100 w|', ['web:web_00', 'web:web_01', 'web:*']],
    ['tail api std|', ['stderr', 'stdout']],
    ['tail std|', []],
    ['maintail --f|', ['--follow']],
    // options
    ['reload --d|', ['--dry-run']],
    ['start --no|', ['--no-wait', '--no-color']],
    ['start --no-wait --no|', ['--no-color']],
    ['tail -f|', ['-f']],
    ['tail -n |', []],
    ['tail -n 5 ap|', ['api']],
    ['tail --lines=5 ap|', ['api']],
    ['send api -- --|', []],
    ['start api --|', ['--no-wait', '--config', '--socket', '--json', '--color', '--no-color', '--help']],
    ['status --config |', ['conf.d/', `'my file.yaml'`, 'taskmaster.yaml']],
    ['status --config=ta|', ['--config=taskmaster.yaml']],
    ['status -c conf.d/|', ['conf.d/a.yaml']],
    ['open .|', ['.hidden']],
  ])('%s', (typed, expected) => {
    expect(words(typed)).toEqual(expected);
  });

  test('on the command line, options stand before the verb too', () => {
    const world: World = { ...WORLD, verbs: COMMAND_VERBS, options: [...GLOBAL_OPTIONS, VERSION_OPTION] };
    expect(words('--v|', world)).toEqual(['--version']);
    expect(words('-c |', world)).toEqual(['conf.d/', `'my file.yaml'`, 'taskmaster.yaml']);
    expect(words('-c x.yaml --js|', world)).toEqual(['--json']);
    expect(words('-s /run/x.sock --json comp|', world)).toEqual(['completion']);
    expect(words('--json completion |', world)).toEqual(['bash', 'zsh', 'fish']);
    expect(words('ex|', world)).toEqual([]);
  });

  test('says of each what it is', () => {
    const helps = (typed: string) => {
      const { candidates } = completeLine({ text: typed, cursor: typed.length }, WORLD);
      return candidates.map(({ text, help }) => `${text}  ${help}`);
    };
    expect(helps('start w')).toEqual([
      'web:web_01  EXITED',
      'web:web_00  RUNNING',
      'web:*  2 processes, 1 RUNNING, 1 EXITED',
    ]);
    expect(helps('fg')).toEqual(['fg  attach: make this terminal that of a process, until the detach keys are typed']);
    expect(helps('reload --dry')).toEqual(['--dry-run  only show what would happen']);
    expect(helps('scale c')).toEqual(['cron=  1 process now']);
    expect(helps('signal KI')).toEqual(['KILL  end at once; cannot be refused']);
  });

  test('a crowd is offered by its groups first', () => {
    const crowd = Array.from({ length: 60 }, (_, i) => ({
      name: `web:web_${i}`,
      group: 'web',
      state: 'RUNNING' as const,
    }));
    const world = { ...WORLD, processes: [...WORLD.processes.slice(0, 2), ...crowd] };
    const { candidates } = completeLine({ text: 'attach ', cursor: 7 }, world);
    expect(candidates).toEqual([
      { text: 'api', help: 'RUNNING', isWhole: true },
      { text: 'web:', help: '60 processes, all RUNNING', isWhole: false },
      { text: 'cron', help: 'STOPPED', isWhole: true },
    ]);
    expect(words('attach web:web_5|', world)).toHaveLength(11);
  });
});

describe('where it is put', () => {
  test.each<[string, readonly string[]]>([
    ['start cr| api', ['start cron| api']],
    ['start c|ro api', ['start cron| api']],
    [
      's|tar api',
      [
        'status| api',
        'start| api',
        'stop| api',
        'scale| api',
        'signal| api',
        'send| api',
        'screen| api',
        'shutdown| api',
      ],
    ],
    [`start 'cr|`, [`start 'cron'|`]],
    [`start "cr|`, [`start "cron"|`]],
    [`start "cr|on" api`, [`start "cron"| api`]],
    [`start 'cr| api`, [`start 'cron'| api`]],
    [`start o\\'w|`, [`start 'o'\\''web'|`]],
    [`start o|\\'w api`, [`start 'o'\\''web'| api`]],
    [`start "o'|`, [`start "o'web"|`]],
    [`open 'con|`, [`open 'conf.d/|`]],
    ['open my\\ |', [`open 'my file.yaml'|`]],
    ['start cron\\|', ['start cron|']],
  ])('%s', (typed, expected) => {
    expect(offered(typed)).toEqual(expected);
  });

  /** A name as nobody would choose it, and some of what can be typed of it, in any quotes. */
  const name = fc
    .string({ unit: fc.constantFrom(...`ab'"\\$\`!#;&|é😀~{}()<>=%.`), minLength: 1, maxLength: 8 })
    .filter(text => text !== 'all');
  const typing = fc.record({
    names: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    part: fc.nat(8),
    quote: fc.constantFrom('escaped', "'", '"', "closed '"),
    behind: fc.constantFrom('', ' api', " 'x y'"),
  });

  function type(part: string, quote: string): string {
    if (quote === '"') return `"${part.replaceAll(/[$`"\\]/g, '\\$&')}`;
    if (quote === "'" || quote === "closed '") {
      return `'${part.replaceAll("'", `'\\''`)}${quote === "'" ? '' : "'"}`;
    }
    return part.replaceAll(/[^a-z]/gu, '\\$&');
  }

  test('any candidate, put into the line, is read as the name that was meant', () => {
    fc.assert(
      fc.property(typing, ({ names, part, quote, behind }) => {
        const processes = names.map(each => ({ name: each, group: each, state: 'RUNNING' as const }));
        const wanted = names[0] ?? '';
        const start = [...wanted].slice(0, part).join('');
        const head = `start first ${type(start, quote)}`;
        const text = `${head}${behind}`;
        const { from, to, candidates } = completeLine({ text, cursor: head.length }, { verbs: SHELL_VERBS, processes });
        const after = splitWords(behind);
        expect(candidates.map(({ text: put, label }) => label ?? put)).toContain(wanted);
        for (const { text: put, label = put } of candidates) {
          const split = splitWords(`${text.slice(0, from)}${put}${text.slice(to)}`);
          expect(split.ok && split.words.map(word => word.text)).toEqual([
            'start',
            'first',
            label,
            ...(after.ok ? after.words.map(word => word.text) : []),
          ]);
          expect(label.startsWith(start) || label === 'all').toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing that can be typed breaks it', () => {
    const line = fc.string({ unit: fc.constantFrom(...`start web:*'"\\ -=\t\n😀`.split('')), maxLength: 30 });
    fc.assert(
      fc.property(line, fc.nat(30), (text, at) => {
        const cursor = Math.min(at, text.length);
        const { from, to } = completeLine({ text, cursor }, WORLD);
        expect(from <= cursor && cursor <= to && to <= text.length).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
