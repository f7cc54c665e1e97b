/** A text of the real source, and what stands there instead. */
export interface Patch {
  /** From the root of the repository. */
  file: string;
  /** Stands there exactly once. */
  find: string;
  replace: string;
}

/** A bug that somebody could write, and that a simulation must find. */
export interface Mutant {
  name: string;
  /** The bug, in a sentence. */
  says: string;
  patches: Patch[];
}
