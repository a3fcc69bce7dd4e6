import { isModel, systemCaller, type Caller } from '../../domain/access/caller.ts';
import { onBehalfOf } from '../../domain/access/registrant.ts';
import { ClarityError, isClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import { originKind, originMember, withOriginMember } from '../../domain/services/origin-kinds.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Workspace } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceOperations, ServiceView } from '../../ports/inbound/service-operations.ts';

export interface ProvisioningDependencies {
  readonly services: ServiceOperations;
  readonly catalog: ServiceCatalog;
  readonly audit: AuditLog;
  readonly readManifest: (input: unknown) => Manifest;
  readonly workspace: Workspace | undefined;
  /** MCP clients may register local commands as services. */
  readonly commandsOverMcp: boolean;
}

export interface Registration {
  readonly view: ServiceView;
  readonly started: boolean;
  readonly introspected: boolean;
}

/** Registers services. A registration whose start fails is undone. */
export class Provisioning {
  readonly #dependencies: ProvisioningDependencies;

  constructor(dependencies: ProvisioningDependencies) {
    this.#dependencies = dependencies;
  }

  /** Registers a service and, with `start`, starts it and reads its interface. A disabled service is only stored. */
  async register(caller: Caller, input: unknown, { start }: { readonly start: boolean }): Promise<Registration> {
    const { services, catalog, readManifest } = this.#dependencies;
    const manifest = await this.#admitted(caller, readManifest(input));
    const before = catalog.all();
    const wasRunning = new Set(
      services
        .list(systemCaller)
        .flatMap(({ service, status }) => (status.lifecycle === 'RUNNING' ? [service.serviceId] : [])),
    );
    const applied = await services.apply(caller, manifest);
    const { serviceId } = applied.service;
    if (!start || !manifest.spec.enabled) return registered(applied);
    let view: ServiceView;
    try {
      view = await services.start(caller, serviceId);
    } catch (error) {
      await this.#undo(caller, { serviceId, before, wasRunning, reason: reasonOf(error) });
      throw error;
    }
    if (view.status.lifecycle === 'RUNNING') return registered(view);
    const reason = view.status.lastError ?? `it is ${view.status.lifecycle}`;
    await this.#undo(caller, { serviceId, before, wasRunning, reason });
    throw new ClarityError('SERVICE_START_FAILED', reason, {
      hint: 'nothing was registered: fix the cause and register the service again, or set start_now to false to register it without a start',
    });
  }

  /** Rejects files outside the workspace, and commands unless the operator allows them over MCP. */
  async #admitted(caller: Caller, manifest: Manifest): Promise<Manifest> {
    if (!isModel(caller)) return manifest;
    const { catalog, commandsOverMcp, workspace } = this.#dependencies;
    const { origin } = manifest.spec;
    const { runsCommand, workspaceFile, operatorMembers = [] } = originKind(origin.type, catalog.kinds);
    if (runsCommand && !commandsOverMcp) {
      throw new ClarityError('GRANT_REQUIRED', 'a local command cannot be registered over MCP', {
        field: 'spec.origin.type',
        hint: 'register it with clarityctl, or start clarityd with CLARITY_ENABLE_MCP_COMMANDS=1',
      });
    }
    const reserved = operatorMembers.find((name) => originMember(origin, name) !== undefined);
    if (reserved !== undefined) {
      throw new ClarityError('GRANT_REQUIRED', `a client over MCP cannot set spec.origin.${reserved}`, {
        field: `spec.origin.${reserved}`,
        hint: 'register the service with clarityctl',
      });
    }
    const path = originMember(origin, workspaceFile);
    if (workspaceFile === undefined || typeof path !== 'string') return manifest;
    if (workspace === undefined) {
      const field = `spec.origin.${workspaceFile}`;
      throw new ClarityError('PATH_FORBIDDEN', 'this runtime has no workspace', { field });
    }
    return withOriginMember(manifest, workspaceFile, await workspace.locate(path));
  }

  /** Removes the service or restores its former manifest, and restores the services that it replaced. */
  async #undo(caller: Caller, { serviceId, before, wasRunning, reason }: Failed): Promise<void> {
    const { audit, catalog, services } = this.#dependencies;
    const now = catalog.find(serviceId);
    const gone = before.filter(
      (old) =>
        old.serviceId !== serviceId && now !== undefined && isSameProgram(old, now) && !catalog.find(old.serviceId),
    );
    const former = before.find((old) => old.serviceId === serviceId);
    const back = former === undefined ? gone : [former, ...gone];
    try {
      if (former === undefined) await services.remove(systemCaller, serviceId);
      for (const { manifest, serviceId: id, registrant } of back) {
        await services.apply(onBehalfOf(registrant), manifest);
        if (wasRunning.has(id)) await services.start(systemCaller, id);
      }
    } catch (error) {
      if (!isClarityError(error) || error.code !== 'SERVICE_NOT_FOUND') throw error;
    }
    await audit.settle({
      kind: 'service.registration_reverted',
      level: 'warn',
      message: `Registration undone: ${reason}`,
      serviceId,
      caller,
      data: { reason },
    });
  }
}

interface Failed {
  readonly serviceId: string;
  readonly before: readonly Service[];
  readonly wasRunning: ReadonlySet<string>;
  readonly reason: string;
}

const registered = (view: ServiceView): Registration => {
  const started = view.status.lifecycle === 'RUNNING';
  return { view, started, introspected: started && view.interface !== undefined };
};

const isSameProgram = (a: Service, b: Service): boolean =>
  a.manifest.metadata.sourceFile === b.manifest.metadata.sourceFile &&
  a.manifest.metadata.module === b.manifest.metadata.module;
