/** `load` gives a module of the build by its path: `client/usage.js`. */
export function manuals(
  load: (file: string) => Promise<unknown>,
): Promise<readonly { readonly path: string; readonly text: string }[]>;
