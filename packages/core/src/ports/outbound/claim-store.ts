import type { ClaimRecord } from '../../domain/services/namespace.ts';
import type { RecordStore } from './store.ts';

/** Stores by their names which services hold them, so that two processes with one store never give a name to two services. */
export type ClaimStore = RecordStore<ClaimRecord>;
