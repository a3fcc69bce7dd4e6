import type { LoginRecord, SealedText } from '../../domain/login/login-record.ts';
import type { Secret } from '../../domain/access/secret.ts';
import type { RecordStore, TenantId } from './store.ts';

/** Stores grants and client registrations by their id. It has sealed texts, never a token. */
export type LoginStore = RecordStore<LoginRecord>;

/** The record that a text belongs to: a sealed text cannot be moved to another one. */
export interface SealContext {
  readonly tenant: TenantId;
  readonly record: string;
}

/** Encrypts texts of login records with a key that is not in the store. */
export interface LoginSealer {
  /** Reason why sealed texts cannot be read after this process ends; absent for a stored key. */
  readonly ephemeral?: string;
  seal(text: Secret, context: SealContext): SealedText;
  /** Returns undefined if no key of this user sealed the text for this record. */
  open(sealed: SealedText, context: SealContext): Secret | undefined;
}
