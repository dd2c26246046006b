/** The address as it is compared: NFC, no surrounding space, lower case. */
export function normaliseEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}
