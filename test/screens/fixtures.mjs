/** What lies in the home directory of a recording. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WORDS =
  'the quick brown fox jumps over a lazy dog while terminals redraw every cell twice and nobody notices'.split(' ');

const SOURCE = `#include <stdio.h>
#include <stdlib.h>

/* Counts what comes; the answer is 42. */
struct counter {
	int seen;
	const char *name;
};

static int count(struct counter *c, const char *s)
{
	for (; *s; s++)
		if (*s == 'x')
			c->seen++;
	return c->seen;
}

int main(int argc, char **argv)
{
	struct counter c = { 0, "x" };
	for (int i = 1; i < argc; i++)
		printf("%s: %d\\n", argv[i], count(&c, argv[i]));
	return c.seen > 42 ? EXIT_FAILURE : EXIT_SUCCESS;
}
`;

const CURSES = `import curses, time

def main(screen):
    curses.start_color()
    curses.use_default_colors()
    for n in range(1, 8):
        curses.init_pair(n, n, -1)
    screen.border()
    screen.addstr(0, 4, ' installer ', curses.A_REVERSE)
    box = curses.newwin(9, 40, 5, 20)
    box.box()
    for n in range(1, 8):
        box.addstr(n, 2, 'choice %d ' % n + '▒█' * n, curses.color_pair(n) | (curses.A_BOLD if n % 2 else curses.A_UNDERLINE))
    screen.refresh()
    box.refresh()
    gauge = curses.newwin(3, 60, 16, 10)
    at = 0
    while True:
        key = screen.getch()
        if key == ord('q'):
            break
        at += 7
        gauge.erase()
        gauge.box()
        gauge.addstr(1, 1, ' ' * min(at, 58), curses.A_REVERSE)
        gauge.addstr(0, 2, ' %d %% ' % (at * 100 // 58))
        gauge.refresh()
        if key == ord('s'):
            screen.scrollok(True)
            screen.setscrreg(2, 12)
            for n in range(15):
                screen.move(12, 1)
                screen.scroll(1)
                screen.addstr(12, 2, 'line %d' % n)
                screen.refresh()

curses.wrapper(main)
`;

const NOISE = `import sys, time
w = sys.stdout.write
def show(): sys.stdout.flush(); time.sleep(0.004)
w('Collecting things\\n')
for n in range(0, 101, 4):
    w('\\r   %s%s %5.1f/12.0 MB %s eta 0:00:%02d' % ('\\x1b[38;2;249;38;114m' + '━' * (n * 40 // 100) + '\\x1b[0m', '\\x1b[38;5;237m' + '━' * (40 - n * 40 // 100) + '\\x1b[0m', n * .12, '\\x1b[31m8.1 MB/s\\x1b[0m', 25 - n // 4)); show()
w('\\r\\x1b[2K\\x1b[32mdone\\x1b[0m\\n')
spin = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
for n in range(30):
    w('\\x1b[1G\\x1b[0K\\x1b[36m%s\\x1b[39m reify:\\x1b[90mpackage-%d\\x1b[39m: timing' % (spin[n % 10], n)); show()
w('\\x1b[1G\\x1b[0Kadded 30 packages\\n')
for n in range(3): w('layer %d: waiting\\n' % n)
for n in range(40):
    w('\\x1b[%dA\\r\\x1b[Klayer %d: [%-20s]\\x1b[%dB\\r' % (3 - n % 3, n % 3, '=' * (n // 2) + '>', 3 - n % 3)); show()
`;

const APT = `import sys, time
w = sys.stdout.write
rows = 24
w('Reading package lists... 0%\\r\\rReading package lists... 100%\\r\\rReading package lists... Done\\r\\n')
w('\\n' * 1 + '\\x1b7\\x1b[0;%dr\\x1b8\\x1b[1A' % (rows - 1))
for n in range(0, 101, 2):
    w('\\x1b7\\x1b[%d;0f\\x1b[42m\\x1b[30mProgress: [%3d%%]\\x1b[49m\\x1b[39m [%s] \\x1b8' % (rows, n, ('#' * (n // 2)).ljust(50, '.')))
    w('Unpacking package-%d (1.2.%d-1) ...\\r\\n' % (n, n)); sys.stdout.flush(); time.sleep(0.004)
if len(sys.argv) > 1: sys.stdin.readline()
w('\\n\\x1b7\\x1b[0;%dr\\x1b8\\x1b[1A\\x1b[J' % rows)
`;

/** Fills a directory. */
export function fixtures(home) {
  const write = (name, text) => writeFileSync(join(home, name), text);
  const lines = Array.from({ length: 400 }, (_, n) => {
    const words = Array.from({ length: 4 + ((n * 7) % 13) }, (_, k) => WORDS[(n * 5 + k * 3) % WORDS.length]);
    return `${String(n + 1).padStart(4)} ${words.join(' ')}`;
  });
  write('story.txt', `${lines.join('\n')}\n`);
  write('count.c', SOURCE);
  write(
    'changed.c',
    SOURCE.replace('42', '23').replace("'x'", "'y'").replace('struct counter {', 'struct counter { /* new */'),
  );
  write(
    'wide.txt',
    '日本語のテキスト\n한국어 텍스트\n👩‍👩‍👧‍👦 family, 🇩🇪 flag, ❤️ heart, e\u0301 combined\n\tTabs\there\n',
  );
  write('installer.py', CURSES);
  write('noise.py', NOISE);
  write('apt.py', APT);
  write('.vimrc', 'syntax on\nset number ruler showcmd incsearch hlsearch laststatus=2 mouse=a title\n');
  write('.tmux.conf', 'set -g status-right "box"\nset -g mouse on\n');
  write('.screenrc', 'startup_message off\nshell bash\nhardstatus alwayslastline "%w"\n');
  write('.gitconfig', '[user]\nname = Demo\nemail = demo@example.org\n[core]\npager = cat\n[safe]\ndirectory = *\n');
  for (const name of ['alpha', 'beta', 'gamma', 'delta']) {
    mkdirSync(join(home, 'things', name), { recursive: true });
    write(`things/${name}/README`, `${name}\n`);
  }
  repository(home, write);
}

function repository(home, write) {
  mkdirSync(join(home, 'repo'));
  const when = n => `2026-01-${String(n + 1).padStart(2, '0')}T12:00:00Z`;
  const git = (n, ...args) => {
    const env = { PATH: process.env.PATH, HOME: home, GIT_AUTHOR_DATE: when(n), GIT_COMMITTER_DATE: when(n) };
    execFileSync('git', ['-C', join(home, 'repo'), ...args], { env });
  };
  git(0, 'init', '-q', '-b', 'main');
  for (let n = 0; n < 9; n++) {
    if (n === 3) git(n, 'checkout', '-q', '-b', 'side');
    if (n === 6) git(n, 'checkout', '-q', 'main');
    write(
      n > 2 && n < 6 ? 'repo/side.c' : 'repo/main.c',
      SOURCE.replace('42', String(n))
        .split('\n')
        .slice(0, 10 + n)
        .join('\n'),
    );
    git(n, 'add', '.');
    git(n, 'commit', '-q', '-m', `Change ${n}: the answer is ${n}`);
  }
  git(9, 'merge', '-q', '--no-edit', 'side');
  write('repo/main.c', SOURCE);
}
