import type { ApprovalRecord } from '../../domain/access/approval-record.ts';
import type { RecordStore } from './store.ts';

/** Stores control calls that wait for an operator, by their key: of two writers that decide at once, one is first. */
export type ApprovalStore = RecordStore<ApprovalRecord>;
