import type { ServiceRecord } from '../../domain/services/service.ts';
import type { RecordStore } from './store.ts';

/** Stores service records by service id. */
export type ServiceRegistry = RecordStore<ServiceRecord>;
