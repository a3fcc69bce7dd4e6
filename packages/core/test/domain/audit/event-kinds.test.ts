import { expect, test } from '@jest/globals';
import { durabilityOf, outcomeOf, type AuditLevel } from '../../../src/domain/audit/audit-event.ts';
import { EVENT_KINDS } from '../../../src/domain/audit/event-kinds.ts';

/** Kind, durability, and the outcome without `data.outcome` at the levels info, warn and error. */
const expected = `
approval.approved             committed ok     ok     error
approval.denied               recorded  denied denied denied
approval.requested            committed ok     ok     error
auth.failed                   committed denied denied denied
client.configured             committed ok     ok     error
client.refused                committed ok     ok     error
client.unconfigured           committed ok     ok     error
compiler.install_attempted    committed ok     ok     error
credential.refresh_failed     committed error  error  error
credential.refreshed          recorded  ok     ok     error
credential.rejected           committed denied denied denied
credential.revoked            committed ok     ok     error
credential.unstored           committed error  error  error
interface.accepted            committed ok     ok     error
interface.changed             committed ok     ok     error
interface.cleaned             committed ok     ok     error
interface.incompatible        committed ok     ok     error
interface.pin_unstored        committed error  error  error
interface.pinned              committed ok     ok     error
interface.repaired            committed ok     ok     error
interface.suspicious          committed ok     ok     error
login.client_registered       committed ok     ok     error
login.completed               committed ok     ok     error
login.failed                  committed error  error  error
login.required                committed ok     ok     error
login.started                 committed ok     ok     error
policy.applied                committed ok     ok     error
policy.denied                 recorded  denied denied denied
policy.removed                committed ok     ok     error
profile.applied               committed ok     ok     error
profile.removed               committed ok     ok     error
resource.collision            committed ok     ok     error
runtime.started               committed ok     ok     error
runtime.stopped               committed ok     ok     error
security.auth_ref_validated   committed ok     ok     error
security.auth_secret_deleted  committed ok     ok     error
security.auth_secret_upserted committed ok     ok     error
security.denied               recorded  denied denied denied
security.warned               committed ok     ok     error
service.artifacts_deleted     committed ok     ok     error
service.cancel_notices_ended  committed ok     ok     error
service.circuit_closed        committed ok     ok     error
service.circuit_opened        committed ok     ok     error
service.circuit_probed        committed ok     ok     error
service.crashed               committed error  error  error
service.health_changed        committed ok     ok     error
service.hold_unstored         committed error  error  error
service.interface_refreshed   committed ok     ok     error
service.manifest_applied      committed ok     ok     error
service.quarantined           committed error  error  error
service.registration_reverted committed error  error  error
service.remote_error          committed ok     ok     error
service.removed               committed ok     ok     error
service.replaced              committed ok     ok     error
service.restart_scheduled     committed ok     ok     error
service.restarted             committed ok     ok     error
service.start_failed          committed error  error  error
service.start_warning         committed ok     ok     error
service.started               committed ok     ok     error
service.stopped               committed ok     ok     error
service.tool_called           recorded  ok     ok     error
service.unquarantined         committed ok     ok     error
storage.gap                   committed ok     ok     error
storage.recovered             committed ok     ok     error
storage.unsupported           committed ok     ok     error
storage.rolled_back           committed denied denied denied
tenant.created                committed ok     ok     error
tenant.removed                committed ok     ok     error
token.created                 committed ok     ok     error
token.expiring                committed ok     ok     error
token.revoked                 committed ok     ok     error
token.rotated                 committed ok     ok     error
workspace.trust_revoked       committed ok     ok     error
workspace.trusted             committed ok     ok     error
workspace.untrusted           committed denied denied denied
`;

const draft = (kind: string, level: AuditLevel, data?: Record<string, unknown>) => ({
  at: '2026-01-01T00:00:00.000Z',
  kind,
  level,
  message: kind,
  ...(data === undefined ? {} : { data }),
});

const behaviorOf = (kind: string): readonly string[] => [
  kind,
  durabilityOf(kind),
  ...(['info', 'warn', 'error'] as const).map((level) => outcomeOf(draft(kind, level))),
];

test('EVENT_KINDS gives every kind its durability and its outcome per level', () => {
  const rows = expected
    .trim()
    .split('\n')
    .map((line) => line.split(/ +/));
  expect(Object.keys(EVENT_KINDS).map(behaviorOf)).toEqual(rows);
});

test('outcomeOf returns data.outcome when it is a string', () => {
  expect(outcomeOf(draft('service.tool_called', 'info', { outcome: 'tool_error' }))).toBe('tool_error');
  expect(outcomeOf(draft('policy.denied', 'warn', { outcome: 'asked' }))).toBe('asked');
  expect(outcomeOf(draft('service.tool_called', 'info', { outcome: 1 }))).toBe('ok');
});

test('a kind outside EVENT_KINDS is committed and its outcome follows its level', () => {
  for (const kind of ['audit.denied', 'job.failed', 'tool.called', 'constructor']) {
    expect(behaviorOf(kind)).toEqual([kind, 'committed', 'ok', 'ok', 'error']);
  }
});
