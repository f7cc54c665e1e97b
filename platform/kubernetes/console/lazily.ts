/** Something that is opened at its first use; an attempt that fails is forgotten. */
export interface Lazy<T> {
  get(): Promise<T>;
  /** Closes it if it was opened. */
  close(): Promise<void>;
}

export function lazily<T extends { close(): Promise<void> }>(open: () => Promise<T>): Lazy<T> {
  let opened: Promise<T> | undefined;
  return {
    get() {
      if (opened) return opened;
      const opening = open();
      opening.catch(() => { if (opened === opening) opened = undefined; });
      return opened = opening;
    },
    async close() {
      await opened?.then((each) => each.close(), () => undefined);
    },
  };
}
