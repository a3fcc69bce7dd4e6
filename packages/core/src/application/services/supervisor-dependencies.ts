import type { Caller } from '../../domain/access/caller.ts';
import type { Era } from '../../domain/mcp/mcp.ts';
import type { InterfaceLimits } from '../../domain/interfaces/interface-limits.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Slots } from '../support/async.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service, Quarantine } from '../../domain/services/service.ts';
import type { Clock, Entropy, ServiceConnector, WorkspaceTrust } from '../../ports/index.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { HealthProbe } from './health-probe.ts';
import type { LimitCounters } from '../audit/counters.ts';
import type { ServiceChanges } from '../support/service-changes.ts';
import type { SupervisionOptions } from './supervision-options.ts';

/** Persistence of quarantines. */
export interface QuarantineRecords {
  /** Stores the quarantine with its event. Never rejects: the quarantine applies even if it cannot be stored. */
  hold(serviceId: string, hold: Quarantine, entry: AuditEntry): Promise<void>;
  /** Deletes the quarantine with the event `entry`. Returns false if none was stored, and records nothing then. */
  release(caller: Caller, serviceId: string, entry: AuditEntry): Promise<boolean>;
  forget(serviceId: string): void;
  /** Returns true while a quarantine waits for the store. */
  isUnstored(serviceId: string): boolean;
}

/** Dependencies of every supervised service. */
export interface SupervisorDependencies {
  readonly connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly probe: HealthProbe;
  readonly holds: QuarantineRecords;
  /** Returns the service with its stored code: a record of version 0.9 has none, and is admitted at its first start. */
  readonly admitted: (service: Service) => Promise<Service>;
  /** Stores the era of a started service. A failure of the store does not fail the start. */
  readonly rememberEra: (serviceId: string, era: Era) => Promise<void>;
  /** Stores that a service is not to receive notices of cancellations, with an event. Never rejects. */
  readonly endCancelNotices: (serviceId: string) => Promise<void>;
  /** Slots of automatic starts of child processes. */
  readonly startSlots: Slots;
  readonly supervision: SupervisionOptions;
  readonly maxReplyBytes: number;
  readonly interfaceLimits?: InterfaceLimits;
  readonly refusals?: LimitCounters;
  /** Id of this gateway, which a list of a service must not contain. */
  readonly gatewayId?: string;
  /** Returns the current record, or undefined after its removal. */
  readonly find: (serviceId: string) => Service | undefined;
  /** Notified when the state or the interface of a service changes. */
  readonly changes: ServiceChanges;
  /** Compares a new interface before it is offered. Never rejects. */
  readonly compareInterface?: (serviceId: string, snapshot: InterfaceSnapshot) => Promise<void>;
  /** Consulted before every start. */
  readonly trust: Pick<WorkspaceTrust, 'state'>;
  /** Aborts when the runtime closes. */
  readonly closing: AbortSignal;
}
