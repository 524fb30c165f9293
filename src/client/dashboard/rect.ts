/** A part of the screen, in cells from 0, its border included. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly cols: number;
  readonly rows: number;
}

/** Where everything is. What there is no room for is undefined. `layout.ts` works it out from the model. */
export interface Layout {
  readonly header: Rect;
  readonly table: Rect | undefined;
  /** The console of the selected process. */
  readonly console: Rect | undefined;
  readonly events: Rect | undefined;
  /** In place of the three above: one for each of the model's tiles that fits. Without tiles there is a console. */
  readonly tiles: readonly { readonly name: string; readonly rect: Rect }[];
  /** The line of keys; the command line, the filter and notices stand there too. */
  readonly footer: Rect;
  /** What the mouse can drag. */
  readonly dividers: readonly { readonly kind: keyof import('./model.ts').Splits; readonly rect: Rect }[];
  /** A page or a question over the panes; undefined when the mode has none. */
  readonly overlay: Rect | undefined;
}
