/** The lasting effects of OSC sequences: titles, colours, links, pointer, progress. */
import type { ModeState } from './modestate.ts';
import type { Sequence } from './sequence.ts';

/** Entries of a palette: 256, and the special colours behind them. */
const MAX_INDEX = 264;

/** Names of kitty's OSC 21 that are remembered. It has 256 numbers and a dozen names. */
const MAX_NAMES = 300;

/** A colour as XParseColor takes it, in bounds. */
const COLOUR = /^[\w#:/.,%+ -]{1,64}$/;

export function applyOsc(state: ModeState, { data, kind }: Pick<Sequence, 'data' | 'kind'>): void {
  if (kind !== 'osc') return;
  const semicolon = data.indexOf(';');
  const command = semicolon === -1 ? data : data.slice(0, semicolon);
  if (!/^\d{1,3}$/.test(command)) return;
  const text = semicolon === -1 ? '' : data.slice(semicolon + 1);
  const number = Number(command);
  switch (number) {
    case 0:
      state.title = state.icon = text;
      return;
    case 1:
      state.icon = text;
      return;
    case 2:
      state.title = text;
      return;
    case 4:
    case 5:
      setIndexed(state, number, text);
      return;
    case 8:
      state.link = text.endsWith(';') || !text.includes(';') ? '' : text;
      state.attributesBack.delete('link');
      if (state.link !== '') state.attributesEver.add('link').add('pen'); // to xterm.js it is a part of the pen
      return;
    case 9:
      if (/^4(;|$)/.test(text)) state.progress = /^4;[1-9]/.test(text) ? text.slice(0, 16) : '';
      return;
    case 21:
      setNamed(state, text);
      return;
    case 22:
      state.pointer = text.slice(0, 64);
      return;
    case 104:
    case 105:
      resetIndexed(state, number - 100, text);
      return;
  }
  if (number >= 10 && number <= 19) setDynamic(state, number, text);
  else if (number >= 110 && number <= 119) state.colours.delete(String(number - 100));
}

/** `1;red;2;blue` */
function setIndexed(state: ModeState, command: number, text: string): void {
  const parts = text.split(';');
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [index = '', colour = ''] = [parts[i], parts[i + 1]];
    if (/^\d{1,3}$/.test(index) && Number(index) <= MAX_INDEX) setColour(state, `${command};${Number(index)}`, colour);
  }
}

/** `red;blue`: for this command and those after it. */
function setDynamic(state: ModeState, command: number, text: string): void {
  for (const [i, colour] of text.split(';').entries()) {
    if (command + i <= 19) setColour(state, String(command + i), colour);
  }
}

function setColour(state: ModeState, key: string, colour: string): void {
  if (colour === '?' || colour === '') return;
  state.colours.set(key, COLOUR.test(colour) ? colour : '');
}

function resetIndexed(state: ModeState, command: number, text: string): void {
  const keys = text === '' ? [...state.colours.keys()] : text.split(';').map(index => `${command};${Number(index)}`);
  for (const key of keys) if (key.startsWith(`${command};`)) state.colours.delete(key);
}

/** `foreground=red;cursor`: a name without a value is reset. */
function setNamed(state: ModeState, text: string): void {
  for (const part of text.split(';')) {
    const [, name = '', value] = /^(\w{1,40})(?:=(.*))?$/.exec(part) ?? [];
    if (name === '' || value === '?') continue;
    if (value === undefined) state.kittyColours.delete(name);
    else if (state.kittyColours.size < MAX_NAMES) state.kittyColours.set(name, COLOUR.test(value) ? value : '');
  }
}
