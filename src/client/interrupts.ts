/** Ctrl-C does not end this process meanwhile: not in the moment either in which nobody else listens for it yet. */
export function withoutInterrupts(): Disposable {
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  return { [Symbol.dispose]: () => void process.off('SIGINT', ignore) };
}
