import type { Clock, Telemetry, TenantId } from '@clarity-runtime/core/ports';
import { isoTime } from '../files/iso-time.ts';
import type { FsRegistryOptions } from '../registry/state-store.ts';

/** The audit of a workspace. */
export interface TenantAudit {
  readonly tenant: TenantId;
  readonly telemetry: Telemetry;
}

/** Returns the listener that writes the event of a file that was replaced by its copy. */
export function recordRecovery(
  { tenant, telemetry }: TenantAudit,
  clock: Clock,
): NonNullable<FsRegistryOptions['onRecovered']> {
  return ({ damaged, reason }) => {
    const event = {
      at: isoTime(clock.wall()),
      kind: 'storage.recovered',
      level: 'warn',
      message: `The registry was damaged and restored from its backup: ${reason}`,
      data: { setAside: [damaged] },
    } as const;
    void telemetry.append(tenant, [event]).catch(() => undefined);
  };
}

/** Returns the listener that writes the event of records that this version does not know. */
export function recordUnsupported(
  { tenant, telemetry }: TenantAudit,
  clock: Clock,
): NonNullable<FsRegistryOptions['onUnsupported']> {
  return ({ file, count }) => {
    const event = {
      at: isoTime(clock.wall()),
      kind: 'storage.unsupported',
      level: 'warn',
      message: `UNSUPPORTED: ${String(count)} records of ${file} are of an unknown version; they are kept and not used`,
      data: { file, count },
    } as const;
    void telemetry.append(tenant, [event], { waits: true }).catch(() => undefined);
  };
}

/** Returns true only if the event is on disk: an event in the memory of the telemetry stays in the state journal. */
export function deliverTo({ tenant, telemetry }: TenantAudit): NonNullable<FsRegistryOptions['deliver']> {
  return async (event, op) => {
    await telemetry.append(tenant, [event], { op });
    return telemetry.health.state === 'up';
  };
}
