import type { Caller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { effectivePolicy, type EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import type { CallPolicy, OriginType } from '../../domain/services/manifest.ts';
import { policyWarnings } from '../../domain/calls/policy-warnings.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { toolPrefix } from '../../domain/services/namespace.ts';
import { contentDigest } from '../../domain/json/digest.ts';
import { DEFAULT_POLICY_NAME, defaultPolicy, type PolicyDocument } from '../../domain/calls/policy-document.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Entropy, PolicyRegistry, TenantId } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { SerialQueue } from '../support/async.ts';
import { REMOVED, SettledRecords } from '../support/settled-records.ts';

/** Default policy by origin, for settings that neither the manifest nor its policy contains. */
export type CallDefaults = Readonly<Partial<Record<OriginType, CallPolicy>>>;

export interface PolicyCatalogDependencies {
  readonly registry: PolicyRegistry;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly defaults: (origin: OriginType) => CallPolicy;
}

/**
 * Named policies in memory, changed only after the registry accepted the change, and the effective policy of each
 * service.
 */
export class PolicyCatalog {
  readonly #stored = new Map<string, PolicyDocument>();
  readonly #effective = new Map<string, { readonly service: Service; readonly effective: EffectivePolicy }>();
  readonly #changes = new SerialQueue();
  readonly #records: SettledRecords<PolicyDocument>;
  readonly #defaults: (origin: OriginType) => CallPolicy;
  #onDrift: (name: string) => void = () => undefined;

  constructor({ registry, audit, clock, entropy, defaults }: PolicyCatalogDependencies) {
    this.#defaults = defaults;
    this.#records = new SettledRecords({
      store: registry,
      idOf: ({ metadata }) => metadata.name,
      clock,
      entropy,
      queue: this.#changes,
      onChanged: (name, item) => {
        if (item === undefined) this.#stored.delete(name);
        else this.#stored.set(name, item.value);
        this.#effective.clear();
      },
      onDrift: (name) => {
        this.#onDrift(name);
      },
      deliver: (event, op) => audit.deliver(event, op),
    });
  }

  load(tenant: TenantId): Promise<void> {
    return this.#records.load(tenant);
  }

  /** Calls `listener` after a change that no operation of this catalog was waiting for. */
  onDrift(listener: (name: string) => void): void {
    this.#onDrift = listener;
  }

  /** Ends the task that settles writes without an answer. */
  close(): void {
    this.#records.close();
  }

  /** Returns the policies ordered by name; `default` is always included. */
  all(): readonly PolicyDocument[] {
    const stored = [...this.#stored.values()];
    const all = this.#stored.has(DEFAULT_POLICY_NAME) ? stored : [defaultPolicy, ...stored];
    return all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  find(name: string): PolicyDocument | undefined {
    return this.#stored.get(name) ?? (name === DEFAULT_POLICY_NAME ? defaultPolicy : undefined);
  }

  get(name: string): PolicyDocument {
    const found = this.find(name);
    if (found === undefined) throw new ClarityError('POLICY_NOT_FOUND', `'${toPrintableAscii(name)}'`);
    return found;
  }

  /**
   * Stores a policy with its event. `expected` is the digest of the stored one; null when none may be stored.
   * @throws ClarityError REVISION_CONFLICT or STORE_UNAVAILABLE.
   */
  apply(
    caller: Caller,
    document: PolicyDocument,
    { event, expected }: { readonly event: AuditEventDraft; readonly expected?: string | null | undefined },
  ): Promise<PolicyDocument> {
    return this.#changes.run(async () => {
      await this.#records.write({ caller, id: document.metadata.name, event }, (current) => {
        if (expected !== undefined) assertSeen(document.metadata.name, current?.value, expected);
        return document;
      });
      return document;
    });
  }

  /**
   * Removes a policy with its event, or restores the built-in `default`. `users` runs when the removal reaches its turn in
   * the queue. Returns false if `default` was not stored, so that nothing changed.
   * @throws ClarityError POLICY_IN_USE when `users` returns a name, POLICY_NOT_FOUND when the policy does not exist.
   */
  remove(
    caller: Caller,
    name: string,
    { users, event }: { readonly users: () => readonly string[]; readonly event: AuditEventDraft },
  ): Promise<boolean> {
    return this.#changes.run(async () => {
      await this.#records.settle(name);
      if (!this.#stored.has(name)) {
        if (name !== DEFAULT_POLICY_NAME) this.get(name);
        return false;
      }
      await this.#records.write({ caller, id: name, event }, () => {
        const using = users();
        if (using.length === 0) return REMOVED;
        throw new ClarityError('POLICY_IN_USE', `'${toPrintableAscii(name)}' by ${using.slice(0, 10).join(', ')}`);
      });
      return true;
    });
  }

  /**
   * Returns the effective policy of a service, cached until its record or a policy changes.
   * @throws ClarityError POLICY_NOT_FOUND when the manifest names an unknown policy.
   */
  of(service: Service): EffectivePolicy {
    const known = this.#effective.get(service.serviceId);
    if (known?.service === service) return known.effective;
    const { spec } = service.manifest;
    const effective = effectivePolicy(spec, this.get(spec.policyRef), this.#defaults(spec.origin.type));
    this.#effective.set(service.serviceId, { service, effective });
    return effective;
  }

  /** Returns the names of the effective policy that the interface does not have, as sentences; none without a policy. */
  warnings(service: Service, snapshot: InterfaceSnapshot): readonly string[] {
    try {
      return policyWarnings(this.of(service), snapshot, toolPrefix(service));
    } catch (error) {
      if (isClarityError(error) && error.code === 'POLICY_NOT_FOUND') return [];
      throw error;
    }
  }

  forget(serviceId: string): void {
    this.#effective.delete(serviceId);
  }
}

/** The built-in `default` counts as stored for a caller that has its digest. */
function assertSeen(name: string, stored: PolicyDocument | undefined, expected: string | null): void {
  const current = stored ?? (name === DEFAULT_POLICY_NAME && expected !== null ? defaultPolicy : undefined);
  const digest = current === undefined ? null : contentDigest(current);
  if (digest === expected) return;
  const fact = digest === null ? 'does not exist' : 'is another one now';
  throw new ClarityError('REVISION_CONFLICT', `policy '${toPrintableAscii(name)}' ${fact}`, {
    hint: 'read the policy again, then repeat the change with its digest',
    ...(digest === null ? {} : { data: { digest } }),
  });
}
