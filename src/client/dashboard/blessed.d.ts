/**
 * The parts of blessed that view.ts uses, each loaded alone: the whole of it is three dozen widgets, and the types that there
 * are for it leave out the grid of cells.
 */
declare namespace BlessedParts {
  class BlessedNode {
    hidden: boolean;
    detach(): void;
  }

  class Screen extends BlessedNode {
    /** Registers a screen for the whole process. */
    static bind: (screen: Screen) => void;
    constructor(options: { readonly program: object; readonly fullUnicode: boolean });
    /** What is to be shown: how a cell looks, and its text. */
    lines: ([attr: number, text: string][] & { dirty: boolean })[];
    /** What the terminal shows. */
    olines: [attr: number, text: string][][];
    /** Makes both blank, of the program's size. */
    alloc(): void;
    /** Lets all elements draw into `lines`, then calls `draw`. */
    render(): void;
    draw(from: number, to: number): void;
  }

  class Box extends BlessedNode {
    constructor(options: { readonly parent: BlessedNode; readonly border?: { readonly type: 'line' } });
    screen: Screen;
    position: { left: number; top: number; width: number; height: number };
    style: { border?: object };
    /** Draws its ground and its border; undefined when nothing of it is seen. */
    render(): unknown;
    /** One number for how its ground (`style`) or its border (`style.border`) looks. */
    sattr(style: object): number;
  }
}

declare module 'blessed/lib/widgets/screen.js' {
  export default BlessedParts.Screen;
}

declare module 'blessed/lib/widgets/box.js' {
  export default BlessedParts.Box;
}
