import { consolePane, tilePane } from './consolepane.ts';
import { eventsPane } from './eventspane.ts';
import { footerScene } from './footerpane.ts';
import { headerPane } from './headerpane.ts';
import { layoutOf } from './layout.ts';
import type { Model } from './model.ts';
import { overlayPane } from './overlaypane.ts';
import type { Pane, Spot } from './pane.ts';
import { tablePane } from './tablepane.ts';
import type { Theme } from './theme.ts';

export interface Scene {
  /** Later ones cover earlier ones. */
  readonly panes: readonly Pane[];
  /** Where the terminal's own cursor is, on the screen; undefined for hidden. */
  readonly cursor: Spot | undefined;
}

/** Everything that the screen shows. */
export function sceneOf(model: Model, theme: Theme): Scene {
  const layout = layoutOf(model);
  const panes: Pane[] = [headerPane(model, layout.header, theme)];
  let cursor: Spot | undefined;
  if (layout.table) panes.push(tablePane(model, layout.table, theme));
  if (layout.console) {
    const { pane, spot } = consolePane(model, layout.console, theme);
    panes.push(pane);
    cursor = spot;
  }
  if (layout.events) panes.push(eventsPane(model, layout.events, theme));
  for (const { name, rect } of layout.tiles) {
    const { pane, spot } = tilePane(model, { name, rect, theme });
    panes.push(pane);
    cursor ??= spot;
  }
  const footer = footerScene(model, layout.footer, theme);
  panes.push(...footer.panes);
  const overlay = layout.overlay && overlayPane(model, layout.overlay, theme);
  if (overlay) panes.push(overlay);
  return { panes, cursor: footer.cursor ?? (overlay ? undefined : cursor) };
}
