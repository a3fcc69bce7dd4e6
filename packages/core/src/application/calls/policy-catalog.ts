import type { Caller } from '../../domain/access/caller.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { effectivePolicy, type EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import type { CallPolicy, OriginType } from '../../domain/services/manifest.ts';
import { DEFAULT_POLICY_NAME, defaultPolicy, type PolicyDocument } from '../../domain/calls/policy-document.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Entropy, PolicyRegistry, TenantId, Versioned } from '../../ports/index.ts';
import { SerialQueue } from '../support/async.ts';
import { storeFailure } from '../support/settled-write.ts';
import { hex } from '../../domain/text/hex.ts';

/** Default policy by origin, for settings that neither the manifest nor its policy contains. */
export type CallDefaults = Readonly<Partial<Record<OriginType, CallPolicy>>>;

/**
 * Named policies in memory, changed only after the registry accepted the change, and the effective policy of each
 * service.
 */
export class PolicyCatalog {
  readonly #stored = new Map<string, Versioned<PolicyDocument>>();
  readonly #effective = new Map<string, { readonly service: Service; readonly effective: EffectivePolicy }>();
  readonly #changes = new SerialQueue();
  readonly #registry: PolicyRegistry;
  readonly #entropy: Entropy;
  readonly #defaults: (origin: OriginType) => CallPolicy;

  constructor(registry: PolicyRegistry, entropy: Entropy, defaults: (origin: OriginType) => CallPolicy) {
    this.#registry = registry;
    this.#entropy = entropy;
    this.#defaults = defaults;
  }

  async load(tenant: TenantId): Promise<void> {
    for (const stored of await this.#registry.list(tenant)) this.#stored.set(stored.value.metadata.name, stored);
  }

  /** Returns the policies ordered by name; `default` is always included. */
  all(): readonly PolicyDocument[] {
    const stored = [...this.#stored.values()].map(({ value }) => value);
    const all = this.#stored.has(DEFAULT_POLICY_NAME) ? stored : [defaultPolicy, ...stored];
    return all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  find(name: string): PolicyDocument | undefined {
    return this.#stored.get(name)?.value ?? (name === DEFAULT_POLICY_NAME ? defaultPolicy : undefined);
  }

  get(name: string): PolicyDocument {
    const found = this.find(name);
    if (found === undefined) throw new ClarityError('POLICY_NOT_FOUND', `'${toPrintableAscii(name)}'`);
    return found;
  }

  apply(caller: Caller, document: PolicyDocument): Promise<PolicyDocument> {
    return this.#changes.run(async () => {
      const { name } = document.metadata;
      const expect = this.#stored.get(name)?.revision ?? 'absent';
      try {
        const stored = await this.#registry.put(caller.tenant, document, expect, { caller, op: this.#op() });
        this.#stored.set(name, stored);
      } catch (error) {
        throw storeFailure(error);
      }
      this.#effective.clear();
      return document;
    });
  }

  /**
   * Removes a policy, or restores the built-in `default`. `users` runs when the removal reaches its turn in the queue.
   * @throws ClarityError POLICY_IN_USE when `users` returns a name, POLICY_NOT_FOUND when the policy does not exist.
   */
  remove(caller: Caller, name: string, users: () => readonly string[]): Promise<void> {
    return this.#changes.run(async () => {
      const stored = this.#stored.get(name);
      if (stored === undefined) {
        if (name !== DEFAULT_POLICY_NAME) this.get(name);
        return;
      }
      const using = users();
      if (using.length > 0) {
        throw new ClarityError('POLICY_IN_USE', `'${toPrintableAscii(name)}' by ${using.slice(0, 10).join(', ')}`);
      }
      try {
        await this.#registry.remove(caller.tenant, name, stored.revision, { caller, op: this.#op() });
      } catch (error) {
        throw storeFailure(error);
      }
      this.#stored.delete(name);
      this.#effective.clear();
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

  forget(serviceId: string): void {
    this.#effective.delete(serviceId);
  }

  #op(): string {
    return hex(this.#entropy.bytes(12));
  }
}
