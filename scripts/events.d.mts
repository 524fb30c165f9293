/** One member of the union of events, as docs show it. */
export interface EventDescription {
  readonly types: readonly string[];
  readonly description: string;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly meaning: string }[];
}

export function eventsOf(core: string): readonly EventDescription[];
export function eventsMarkdown(core: string): string;
