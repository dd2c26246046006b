/** A read of people, as it is logged. */
export interface PersonRead {
  readonly actor: string;
  readonly actorKind: 'program' | 'staff' | 'customer';
  readonly purpose: string;
  /** Method and pattern, never the address itself. */
  readonly route: string;
}
