/** Holds the current one of something that must be disposed of: setting a new one disposes the old (xterm.js). */
export class MutableDisposable implements Disposable {
  private current: Disposable | undefined;

  set value(next: Disposable | undefined) {
    this.current?.[Symbol.dispose]();
    this.current = next;
  }

  [Symbol.dispose](): void {
    this.value = undefined;
  }
}
