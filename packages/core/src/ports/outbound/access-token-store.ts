import type { TokenRecord } from '../../domain/access/token-record.ts';
import type { RecordStore } from './store.ts';

/** Stores access tokens by their name: two writers cannot create the same name. It has digests, never a token. */
export type AccessTokenStore = RecordStore<TokenRecord>;
