/**
 * Storage of one text: a participant's token for a session, an invite's secret, or the copy of the code
 * that a candidate keeps.
 */
export interface SecretStore {
  read(): string | null;
  write(secret: string | null): void;
}
