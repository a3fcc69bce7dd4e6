import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { problemText } from '../../domain/access/trust.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { contentDigest } from '../../domain/json/digest.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { TrustOperations, TrustReport } from '../../ports/inbound/trust-operations.ts';
import type { WorkspaceTrust } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { PolicyCatalog } from '../calls/policy-catalog.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import { storedSecretVersions, type SecretVersion } from '../support/secret-versions.ts';
import { storeFailure } from '../support/store-failure.ts';
import type { Guard } from './guard.ts';
import { trustedService } from './trust-report.ts';

export interface TrustUseCasesDependencies {
  readonly trust: WorkspaceTrust;
  readonly catalog: ServiceCatalog;
  readonly policies: PolicyCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly secretVersion: SecretVersion;
  /** Starts the services that start with the daemon, if the daemon has requested that. */
  readonly autostart: () => Promise<void>;
}

/** Trust decisions for callers. A decision names the digest of what was shown, and applies to those bytes only. */
export class TrustUseCases implements TrustOperations {
  readonly #dependencies: TrustUseCasesDependencies;

  constructor(dependencies: TrustUseCasesDependencies) {
    this.#dependencies = dependencies;
  }

  async report(caller: Caller): Promise<TrustReport> {
    const { catalog, guard, policies, secretVersion, trust } = this.#dependencies;
    guard.check(caller, 'read', { action: 'read the trust of the workspace' });
    const { state, root } = trust;
    const services = catalog.all();
    const documents = policies.all();
    const secrets = await Promise.all(
      services.map(({ manifest }) => storedSecretVersions(manifest, secretVersion, catalog.kinds)),
    );
    const { kinds } = catalog;
    // Computed when they are read, from the records of this moment: each start asks only whether the workspace is trusted.
    return {
      trusted: state.trusted,
      ...(root === undefined ? {} : { workspace: root }),
      problems: state.trusted ? [] : state.problems.map((problem) => ({ ...problem, text: problemText(problem) })),
      get services() {
        return services.map((service) => trustedService(service, kinds));
      },
      policies: documents.map(({ metadata }) => metadata.name),
      get digest() {
        // A revision counts writes and is not part of what runs.
        const records = services.map((service) => ({ ...service, revision: '' }));
        return contentDigest({ services: records, policies: documents, secrets });
      },
    };
  }

  async trust(caller: Caller, digest: string): Promise<TrustReport> {
    const { audit, autostart, trust } = this.#dependencies;
    await this.#assertOperator(caller, 'trust the workspace');
    const shown = await this.report(caller);
    if (digest !== shown.digest) {
      throw new ClarityError(
        'REVISION_CONFLICT',
        `the workspace has the digest ${shown.digest}, not ${toPrintableAscii(digest, 64)}`,
        { field: 'digest', hint: 'look at the services again with `clarityctl trust`' },
      );
    }
    await this.#stored(() => trust.grant());
    await audit.settle({
      kind: 'workspace.trusted',
      level: 'info',
      message: 'Workspace trusted',
      caller,
      data: { digest, services: shown.services.length },
    });
    void autostart();
    return this.report(caller);
  }

  async revoke(caller: Caller): Promise<TrustReport> {
    const { audit, catalog, supervisor, trust } = this.#dependencies;
    await this.#assertOperator(caller, 'revoke the trust of the workspace');
    // The trust ends first, so that no service starts again while others stop.
    await this.#stored(() => trust.revoke());
    await Promise.all(catalog.all().map(({ serviceId }) => supervisor.stop(systemCaller, serviceId, 'trust revoked')));
    await audit.settle({ kind: 'workspace.trust_revoked', level: 'warn', message: 'Trust revoked', caller });
    return this.report(caller);
  }

  /** Model callers never decide, whatever their grants are. */
  #assertOperator(caller: Caller, action: string): Promise<void> {
    return this.#dependencies.guard.require(caller, 'approve', { action });
  }

  async #stored(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
