import type { Profile } from '../../domain/access/profile.ts';
import type { RecordStore } from './store.ts';

/** Stores profiles by their name. */
export type ProfileStore = RecordStore<Profile>;
