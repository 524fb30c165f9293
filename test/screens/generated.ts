/** Streams that are made, not recorded: what one program seldom does, or does only in megabytes. */
import type { Case } from './case.ts';
import { drawingCases } from './streams/drawing.ts';
import { longCases } from './streams/long.ts';
import { modeCases } from './streams/modes.ts';
import { noiseCases } from './streams/noise.ts';
import { sizeCases } from './streams/sizes.ts';
import { stringCases } from './streams/strings.ts';
import { textCases } from './streams/text.ts';

export function generatedCases(): Case[] {
  return [
    ...textCases(),
    ...drawingCases(),
    ...modeCases(),
    ...stringCases(),
    ...noiseCases(),
    ...longCases(),
    ...sizeCases(),
  ];
}
