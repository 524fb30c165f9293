import { stampOf } from '../core/stamp.ts';
import type { LineSource } from './lineformat.ts';

/** What stands before each line, for the moment that it began: stamp and prefix, or the head of a JSON object. */
export class LineLabel {
  private readonly source: LineSource;
  private readonly tail: string;
  private wall = Number.NaN;
  private bytes: Buffer = Buffer.alloc(0);

  constructor(source: LineSource) {
    this.source = source;
    const { process, stream, spec } = source;
    this.tail =
      spec.format === 'json'
        ? `","process":${JSON.stringify(process)},"stream":"${stream}","text":"`
        : `${spec.timestamps === 'none' ? '' : ' '}${spec.prefix}`;
  }

  get isEmpty(): boolean {
    return this.tail === '';
  }

  /** Not to be changed. Lines that came at once share it. */
  at(wall: number): Buffer {
    const { format, timestamps } = this.source.spec;
    if (wall === this.wall) return this.bytes;
    this.wall = wall;
    const stamp =
      format === 'json' ? `{"time":"${stampOf(wall, 'utc')}` : timestamps === 'none' ? '' : stampOf(wall, timestamps);
    this.bytes = Buffer.from(stamp + this.tail);
    return this.bytes;
  }
}
