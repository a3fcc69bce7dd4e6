import type { PolicyDocument } from '../../domain/calls/policy-document.ts';
import type { RecordStore } from './store.ts';

/** Stores named policies by their name. */
export type PolicyRegistry = RecordStore<PolicyDocument>;
