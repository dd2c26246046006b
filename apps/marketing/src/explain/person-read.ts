/** A read of one person, as it is logged. */
export interface PersonRead {
  readonly actor: string;
  readonly purpose: string;
  /** Method and pattern, never the address itself. */
  readonly route: string;
}
