import {
  createContainer,
  perRuntime,
  PORT,
  type AuditEvent,
  type AuditEventDraft,
  type Container,
} from '@clarity-runtime/core';
import { MemoryServiceRegistry, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { AppendContext, ServiceRegistry, TenantId } from '@clarity-runtime/core/ports';

export type Alert = (event: AuditEvent) => void;

/** A telemetry in memory that passes every warning and every error to `alert`. */
export class AlertingTelemetry extends MemoryTelemetry {
  readonly #alert: Alert;

  constructor(alert: Alert) {
    super();
    this.#alert = alert;
  }

  override async append(
    tenant: TenantId,
    drafts: readonly AuditEventDraft[],
    context?: AppendContext,
  ): Promise<readonly AuditEvent[]> {
    const events = await super.append(tenant, drafts, context);
    for (const event of events) if (event.level !== 'info') this.#alert(event);
    return events;
  }
}

/** Returns a container whose runtimes share one registry. Each runtime has its own telemetry. */
export function createAppContainer(alert: Alert, registry: ServiceRegistry = new MemoryServiceRegistry()): Container {
  return createContainer()
    .register(PORT.serviceRegistry, { useValue: registry })
    .register(
      PORT.telemetry,
      perRuntime(() => new AlertingTelemetry(alert)),
    );
}
