/** `committed`: survives a power cut once it is confirmed. `recorded`: survives the process; a power cut after 50 ms. */
export type Durability = 'committed' | 'recorded';

/**
 * How an event ended if it does not say so in `data.outcome`.
 * `data`: the event always writes it. `level`: `error` at level `error`, else `ok`. `denied`, `error`: fixed.
 */
export type OutcomeRule = 'data' | 'denied' | 'error' | 'level';

interface EventKindRow {
  readonly durability: Durability;
  readonly outcome: OutcomeRule;
}

/**
 * Every kind of event that this repository writes. Calls and denials are recorded: they are frequent and change nothing.
 * A new kind needs a row here and the place that writes it; `docs/reference/audit.md` prints the table.
 */
export const EVENT_KINDS = {
  'approval.approved': { durability: 'committed', outcome: 'level' },
  'approval.denied': { durability: 'recorded', outcome: 'denied' },
  'approval.requested': { durability: 'committed', outcome: 'level' },
  'auth.failed': { durability: 'committed', outcome: 'denied' },
  'client.configured': { durability: 'committed', outcome: 'level' },
  'client.refused': { durability: 'committed', outcome: 'level' },
  'client.unconfigured': { durability: 'committed', outcome: 'level' },
  'compiler.install_attempted': { durability: 'committed', outcome: 'level' },
  'credential.refresh_failed': { durability: 'committed', outcome: 'error' },
  'credential.refreshed': { durability: 'recorded', outcome: 'level' },
  'credential.rejected': { durability: 'committed', outcome: 'denied' },
  'credential.revoked': { durability: 'committed', outcome: 'level' },
  'credential.unstored': { durability: 'committed', outcome: 'error' },
  'interface.accepted': { durability: 'committed', outcome: 'level' },
  'interface.changed': { durability: 'committed', outcome: 'level' },
  'interface.cleaned': { durability: 'committed', outcome: 'level' },
  'interface.incompatible': { durability: 'committed', outcome: 'level' },
  'interface.pin_unstored': { durability: 'committed', outcome: 'error' },
  'interface.pinned': { durability: 'committed', outcome: 'level' },
  'interface.repaired': { durability: 'committed', outcome: 'level' },
  'interface.suspicious': { durability: 'committed', outcome: 'level' },
  'login.client_registered': { durability: 'committed', outcome: 'level' },
  'login.completed': { durability: 'committed', outcome: 'level' },
  'login.failed': { durability: 'committed', outcome: 'error' },
  'login.required': { durability: 'committed', outcome: 'level' },
  'login.started': { durability: 'committed', outcome: 'level' },
  'policy.applied': { durability: 'committed', outcome: 'level' },
  'policy.denied': { durability: 'recorded', outcome: 'denied' },
  'policy.removed': { durability: 'committed', outcome: 'level' },
  'profile.applied': { durability: 'committed', outcome: 'level' },
  'profile.removed': { durability: 'committed', outcome: 'level' },
  'resource.collision': { durability: 'committed', outcome: 'level' },
  'runtime.started': { durability: 'committed', outcome: 'level' },
  'runtime.stopped': { durability: 'committed', outcome: 'level' },
  'security.auth_ref_validated': { durability: 'committed', outcome: 'level' },
  'security.auth_secret_deleted': { durability: 'committed', outcome: 'level' },
  'security.auth_secret_upserted': { durability: 'committed', outcome: 'level' },
  'security.denied': { durability: 'recorded', outcome: 'denied' },
  'security.warned': { durability: 'committed', outcome: 'level' },
  'service.artifacts_deleted': { durability: 'committed', outcome: 'level' },
  'service.cancel_notices_ended': { durability: 'committed', outcome: 'level' },
  'service.circuit_closed': { durability: 'committed', outcome: 'level' },
  'service.circuit_opened': { durability: 'committed', outcome: 'level' },
  'service.circuit_probed': { durability: 'committed', outcome: 'level' },
  'service.crashed': { durability: 'committed', outcome: 'error' },
  'service.health_changed': { durability: 'committed', outcome: 'level' },
  'service.hold_unstored': { durability: 'committed', outcome: 'error' },
  'service.interface_refreshed': { durability: 'committed', outcome: 'level' },
  'service.manifest_applied': { durability: 'committed', outcome: 'level' },
  'service.quarantined': { durability: 'committed', outcome: 'error' },
  'service.registration_reverted': { durability: 'committed', outcome: 'error' },
  'service.remote_error': { durability: 'committed', outcome: 'level' },
  'service.removed': { durability: 'committed', outcome: 'level' },
  'service.replaced': { durability: 'committed', outcome: 'level' },
  'service.restart_scheduled': { durability: 'committed', outcome: 'level' },
  'service.restarted': { durability: 'committed', outcome: 'level' },
  'service.start_failed': { durability: 'committed', outcome: 'error' },
  'service.start_warning': { durability: 'committed', outcome: 'level' },
  'service.started': { durability: 'committed', outcome: 'level' },
  'service.stopped': { durability: 'committed', outcome: 'level' },
  'service.tool_called': { durability: 'recorded', outcome: 'data' },
  'service.unquarantined': { durability: 'committed', outcome: 'level' },
  'storage.gap': { durability: 'committed', outcome: 'level' },
  'storage.recovered': { durability: 'committed', outcome: 'level' },
  'storage.unsupported': { durability: 'committed', outcome: 'level' },
  'storage.rolled_back': { durability: 'committed', outcome: 'denied' },
  'tenant.created': { durability: 'committed', outcome: 'level' },
  'tenant.removed': { durability: 'committed', outcome: 'level' },
  'token.created': { durability: 'committed', outcome: 'level' },
  'token.expiring': { durability: 'committed', outcome: 'level' },
  'token.revoked': { durability: 'committed', outcome: 'level' },
  'token.rotated': { durability: 'committed', outcome: 'level' },
  'workspace.trust_revoked': { durability: 'committed', outcome: 'level' },
  'workspace.trusted': { durability: 'committed', outcome: 'level' },
  'workspace.untrusted': { durability: 'committed', outcome: 'denied' },
} as const satisfies Readonly<Record<string, EventKindRow>>;

/** Kind of an audit event, such as `service.started`. A published name. */
export type EventKind = keyof typeof EVENT_KINDS;

/** Of a kind without a row, which only an embedder can write. */
const UNKNOWN_KIND: EventKindRow = { durability: 'committed', outcome: 'level' };

/** Returns the row of a kind; a kind outside the table is committed and its outcome follows its level. */
export const eventKindRow = (kind: string): EventKindRow =>
  Object.hasOwn(EVENT_KINDS, kind) ? EVENT_KINDS[kind as EventKind] : UNKNOWN_KIND;
