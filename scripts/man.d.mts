export interface Page {
  readonly name: string;
  readonly section: number;
  readonly summary: string;
  readonly version: string;
  readonly sections: string;
}

export function manPage(page: Page): string;

export function roffOf(markdown: string): readonly string[];
