import { describe, expect, test } from 'vitest';
import { capabilitiesOf, themeOf } from '../../../src/client/dashboard/capabilities.ts';

const UTF8 = { LANG: 'en_GB.UTF-8' };

describe('what a terminal can show', () => {
  test.each([
    ['xterm-256color', 256, true],
    ['tmux-256color', 256, true],
    ['screen-256color', 256, true],
    ['xterm-kitty', 256, true],
    ['alacritty', 256, true],
    ['xterm', 16, true],
    ['screen', 16, true],
    ['linux', 16, true],
    ['rxvt', 16, true],
    ['vt100', 0, false],
    ['vt220', 0, false],
    ['dumb', 0, false],
    ['', 0, true],
  ])('TERM=%s has %i colours', (TERM, colors, unicode) => {
    expect(capabilitiesOf({ ...UTF8, TERM })).toEqual({ colors, unicode, theme: 'dark' });
  });

  test('COLORTERM promises more than TERM does, and NO_COLOR ends it, unless it is empty', () => {
    expect(capabilitiesOf({ TERM: 'xterm', COLORTERM: 'truecolor' }).colors).toBe(256);
    expect(capabilitiesOf({ TERM: 'xterm', COLORTERM: 'yes' }).colors).toBe(16);
    expect(capabilitiesOf({ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' }).colors).toBe(0);
    expect(capabilitiesOf({ TERM: 'xterm-256color', NO_COLOR: '' }).colors).toBe(256);
  });

  test.each([
    [{ LANG: 'C' }, false],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LANG: 'C', LC_ALL: '', LC_CTYPE: 'UTF-8' }, true],
    [{}, false],
  ])('the locale %o says whether it shows UTF-8', (env, unicode) => {
    expect(capabilitiesOf({ TERM: 'xterm', ...env }).unicode).toBe(unicode);
  });

  test.each([
    ['15;0', 'dark'],
    ['0;15', 'light'],
    ['0;7', 'light'],
    ['0;default;15', 'light'],
    ['12;8', 'dark'],
    ['0;default', 'dark'],
    ['', 'dark'],
  ])('COLORFGBG=%s is %s', (COLORFGBG, theme) => {
    expect(capabilitiesOf({ COLORFGBG }).theme).toBe(theme);
  });

  test.each([
    ['\x1b]11;rgb:ffff/ffff/ffff\x1b\\', 'light'],
    ['\x1b]11;rgb:fdfd/f6f6/e3e3\x07', 'light'],
    ['\x1b]11;rgb:00/2b/36\x07', 'dark'],
    ['\x1b]11;rgba:1e1e/1e1e/2e2e/ffff\x1b\\', 'dark'],
    ['\x1b]11;rgb:0/0/f\x07', 'dark'],
    ['\x1b]10;rgb:ffff/ffff/ffff\x07', undefined],
    ['\x1b[?62;22c', undefined],
  ])('the answer %j to OSC 11 is %s', (reply, theme) => {
    expect(themeOf(reply)).toBe(theme);
  });
});
