import { isModel, systemCaller, type Caller } from '../../domain/access/caller.ts';
import { isSameOwner, onBehalfOf, OPERATOR, registrantOf } from '../../domain/access/registrant.ts';
import { ClarityError, isClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import { loosenedFields } from '../../domain/services/loosening.ts';
import { originKind, originMember, withOriginMember } from '../../domain/services/origin-kinds.ts';
import { serviceDigest } from '../../domain/services/service-digest.ts';
import { deriveServiceId } from '../../domain/services/service-id.ts';
import type { Service } from '../../domain/services/service.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Workspace } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { secretVersions, type SecretVersion } from '../support/secret-versions.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceOperations, ServiceView } from '../../ports/inbound/service-operations.ts';

export interface ProvisioningDependencies {
  readonly services: ServiceOperations;
  readonly catalog: ServiceCatalog;
  readonly audit: AuditLog;
  readonly readManifest: (input: unknown) => Manifest;
  readonly workspace: Workspace | undefined;
  /** Returns the digest of a policy; null when it does not exist. */
  readonly policyDigest: (name: string) => string | null;
  readonly secretVersion: SecretVersion;
  /** MCP clients may register local commands as services. */
  readonly commandsOverMcp: boolean;
}

export interface Registration {
  readonly view: ServiceView;
  readonly started: boolean;
  readonly introspected: boolean;
}

export interface RegisterOptions {
  readonly start: boolean;
  /** The state that an operator has approved: another record or another file is refused. */
  readonly approved?: RegistrationInputs | undefined;
}

const MAX_NAMED_FIELDS = 8;

/** Registers services. A registration whose start fails is undone. */
export class Provisioning {
  readonly #dependencies: ProvisioningDependencies;

  constructor(dependencies: ProvisioningDependencies) {
    this.#dependencies = dependencies;
  }

  /** Registers a service and, with `start`, starts it and reads its interface. A disabled service is only stored. */
  async register(caller: Caller, input: unknown, { start, approved }: RegisterOptions): Promise<Registration> {
    const { services, catalog, readManifest } = this.#dependencies;
    const manifest = frozen(await this.#admitted(caller, readManifest(input)), approved);
    if (approved === undefined) await this.#assertChange(caller, manifest);
    const before = catalog.all();
    const wasRunning = new Set(
      services
        .list(systemCaller)
        .flatMap(({ service, status }) => (status.lifecycle === 'RUNNING' ? [service.serviceId] : [])),
    );
    const applied = await services.apply(caller, manifest, { digest: approved?.replaces });
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

  /**
   * Rejects a client that would change or replace a service of another principal, or loosen its own one. An operator can
   * approve such a request.
   * @throws ClarityError NOT_OWNER, LOOSENING_FORBIDDEN
   */
  async #assertChange(caller: Caller, manifest: Manifest): Promise<void> {
    if (!isModel(caller)) return;
    const own = registrantOf(caller);
    const affected = this.#dependencies.catalog.affectedBy(manifest);
    const other = affected.find(({ registrant = OPERATOR }) => !isSameOwner(registrant, own));
    if (other !== undefined) {
      await this.#denied(caller, other, 'NOT_OWNER', 'another principal owns it');
      throw new ClarityError('NOT_OWNER', toPrintableAscii(manifest.metadata.module), { field: 'manifest' });
    }
    for (const former of affected) {
      const fields = loosenedFields(former.manifest, manifest);
      const [field] = fields;
      if (field === undefined) continue;
      await this.#denied(caller, former, 'LOOSENING_FORBIDDEN', 'it would loosen the stored one');
      const named = fields.slice(0, MAX_NAMED_FIELDS).map((each) => toPrintableAscii(each));
      throw new ClarityError('LOOSENING_FORBIDDEN', named.join(', '), { field: toPrintableAscii(field) });
    }
  }

  #denied(caller: Caller, { serviceId }: Service, code: ErrorCode, reason: string): Promise<void> {
    const message = `Refused to register a service: ${reason}`;
    return this.#dependencies.audit.settle({
      kind: 'security.denied',
      level: 'warn',
      message,
      serviceId,
      caller,
      data: { code },
    });
  }

  /**
   * Returns the state that a registration depends on, for an approval: the record that it replaces, its policy and its files.
   * A registration that cannot be read depends on nothing: it fails when it runs.
   */
  async inputs(caller: Caller, input: unknown): Promise<RegistrationInputs> {
    const { catalog, readManifest, workspace } = this.#dependencies;
    try {
      const manifest = await this.#admitted(caller, readManifest(input));
      const { origin } = manifest.spec;
      const path = originMember(origin, originKind(origin.type, catalog.kinds).workspaceFile);
      const file = typeof path === 'string' ? await workspace?.digest?.(path) : undefined;
      return {
        ...this.recordInputs(manifest),
        ...(await this.#secrets(manifest)),
        ...(file === undefined ? {} : { file }),
      };
    } catch (error) {
      if (isClarityError(error)) return {};
      throw error;
    }
  }

  /** Returns the record that a manifest replaces and its policy, by their digests. */
  recordInputs(manifest: Manifest): RegistrationInputs {
    const { catalog, policyDigest } = this.#dependencies;
    const former = catalog.find(deriveServiceId(manifest, catalog.kinds));
    return {
      replaces: former === undefined ? null : serviceDigest(former),
      policy: policyDigest(manifest.spec.policyRef),
    };
  }

  /** Returns the versions of the stored secrets that a manifest refers to; null for one that does not exist. */
  async #secrets(manifest: Manifest): Promise<Pick<RegistrationInputs, 'secrets'>> {
    const { catalog, secretVersion } = this.#dependencies;
    const versions = await secretVersions(manifest, secretVersion, catalog.kinds);
    return Object.keys(versions).length === 0 ? {} : { secrets: versions };
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
    const member = operatorMembers.find((name) => originMember(origin, name) !== undefined);
    const reserved = manifest.spec.capabilities === undefined ? member && `spec.origin.${member}` : 'spec.capabilities';
    if (reserved !== undefined) {
      throw new ClarityError('GRANT_REQUIRED', `a client over MCP cannot set ${reserved}`, {
        field: reserved,
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

/** State that an operator approves together with a registration. */
export interface RegistrationInputs {
  /** Digest of the record with the same id; null without one. */
  readonly replaces?: string | null;
  readonly policy?: string | null;
  /** SHA-256 of the module. */
  readonly file?: string;
  /** Versions of stored secrets by name. */
  readonly secrets?: Readonly<Record<string, string | null>>;
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

/** Returns the manifest with the digest of the approved file, so that the admission refuses another file. */
const frozen = (manifest: Manifest, approved: RegistrationInputs | undefined): Manifest =>
  approved?.file === undefined || manifest.metadata.artifactSha256 !== undefined
    ? manifest
    : { ...manifest, metadata: { ...manifest.metadata, artifactSha256: approved.file } };
