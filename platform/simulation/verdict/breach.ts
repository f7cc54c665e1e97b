/** Something that must not happen, and did. */
export interface Breach {
  /** Name of the rule: one of the ledger's, or of the simulation's own. */
  invariant: string;
  /** Order, stream or request. */
  subject: string;
  detail: string;
}
