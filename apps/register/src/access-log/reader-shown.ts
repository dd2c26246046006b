/** Who read, as the log has it, with the roles of staff as they are now. */
export interface LoggedReader {
  readonly kind: 'program' | 'staff' | 'customer';
  readonly name: string;
  readonly roles: readonly string[];
}

/** `name` is null where it is not told. */
export interface ShownReader {
  readonly kind: LoggedReader['kind'];
  readonly roles: readonly string[];
  readonly name: string | null;
}

/**
 * What somebody is told of a reader. The person has a right to when and for what her data was looked at; to the name of the
 * employee who did so under the company's authority only where she cannot use her rights without it, and with regard to the
 * employee's own (CJEU C-579/21, Pankki S, on GDPR Art. 15(1)). That is weighed by a human being: the data-protection contact sees
 * the names and can tell one on a reasoned demand. So the person is told the role. Programs are nobody, so they are named; her own
 * id is left out where she reads herself.
 */
export function readerShown(reader: LoggedReader, viewer: 'person' | 'data-protection'): ShownReader {
  const { kind, roles, name } = reader;
  switch (kind) {
    case 'customer': return { kind, roles: [], name: null };
    case 'program': return { kind, roles: [], name };
    case 'staff': return { kind, roles, name: viewer === 'person' ? null : name };
    default: return kind satisfies never;
  }
}

/**
 * The bare name that most records keep of who wrote them: to the person herself nobody's, since the record alone does not say whose
 * it is. Her bundle tells the role, and names programs.
 */
export function actorTold(actor: string, viewer: LoggedReader['kind']): string | null {
  return viewer === 'customer' ? null : actor;
}
