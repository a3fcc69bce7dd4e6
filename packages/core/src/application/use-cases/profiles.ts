import type { Caller } from '../../domain/access/caller.ts';
import { grantOf } from '../../domain/access/grant.ts';
import { assertProfile, profileInvalid } from '../../domain/access/profile-rules.ts';
import { ProfileView, type ProfileBinding } from '../../domain/access/profile-view.ts';
import type { Profile } from '../../domain/access/profile.ts';
import { assertTrusted, type TrustState } from '../../domain/access/trust.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Clock, Entropy, ProfileStore, TenantId } from '../../ports/index.ts';
import type { ProfileOperations, ProfilePreview } from '../../ports/inbound/profile-operations.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { Endpoints } from '../gateway/endpoints.ts';
import { SerialQueue } from '../support/async.ts';
import { REMOVED, SettledRecords, type RecordChange } from '../support/settled-records.ts';
import type { Guard } from './guard.ts';

export interface ProfilesDependencies {
  readonly store: ProfileStore;
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly trust: { readonly state: TrustState };
  readonly endpoints: Pick<Endpoints, 'endpoint'>;
  /** Returns the names of the active tokens that are bound to a profile. */
  readonly boundTokens: (profile: string) => readonly string[];
  /** Called after a profile changed: clients may see other lists. */
  readonly onChanged: () => void;
}

const MAX_PROFILES = 200;
const MAX_NAMED = 5;

/** Profiles in memory, changed only after the store accepted the change. */
export class Profiles implements ProfileOperations {
  readonly #dependencies: ProfilesDependencies;
  readonly #records: SettledRecords<Profile>;
  readonly #changes = new SerialQueue();
  readonly #byName = new Map<string, Profile>();
  readonly #bindings = new Map<string, ProfileBinding>();

  constructor(dependencies: ProfilesDependencies) {
    this.#dependencies = dependencies;
    const { store, clock, entropy, audit, onChanged } = dependencies;
    this.#records = new SettledRecords({
      store,
      idOf: ({ metadata }) => metadata.name,
      clock,
      entropy,
      queue: this.#changes,
      onChanged: (name, item) => {
        if (item === undefined) this.#byName.delete(name);
        else this.#byName.set(name, item.value);
        onChanged();
      },
      onDrift: () => undefined,
      deliver: (event, op) => audit.deliver(event, op),
    });
  }

  load(tenant: TenantId): Promise<void> {
    return this.#records.load(tenant);
  }

  /** Ends the task that settles writes without an answer. */
  close(): void {
    this.#records.close();
  }

  async list(caller: Caller): Promise<readonly Profile[]> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'list profiles' });
    return [...this.#byName.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  async get(caller: Caller, name: string): Promise<Profile> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'read a profile' });
    return this.#find(name);
  }

  async apply(caller: Caller, profile: Profile): Promise<Profile> {
    const { guard, trust } = this.#dependencies;
    await guard.require(caller, 'admin', { action: 'apply a profile' });
    assertTrusted(trust.state);
    assertProfile(profile);
    this.#assertNames(profile);
    const { name } = profile.metadata;
    await this.#write(caller, 'applied', name, (current) => {
      if (current === undefined && this.#byName.size >= MAX_PROFILES)
        throw new ClarityError('QUOTA_EXCEEDED', `at most ${String(MAX_PROFILES)} profiles`);
      return profile;
    });
    return profile;
  }

  async remove(caller: Caller, name: string): Promise<void> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'remove a profile' });
    this.#find(name);
    await this.#write(caller, 'removed', name, () => {
      const tokens = this.#dependencies.boundTokens(name);
      if (tokens.length > 0)
        throw new ClarityError('PROFILE_IN_USE', tokens.slice(0, MAX_NAMED).join(', '), {
          data: { tokens: tokens.join(', ') },
        });
      return REMOVED;
    });
  }

  async preview(caller: Caller, name: string): Promise<ProfilePreview> {
    await this.#dependencies.guard.require(caller, 'admin', { action: 'preview a profile' });
    const endpoint = this.#endpointOf(this.#find(name));
    const { discovery = 'full', entries = [], listed } = endpoint?.profile ?? {};
    return {
      profile: name,
      discovery,
      tools: entries.map(({ name: shown, route: { service, definition } }) => ({
        name: shown,
        namespace: service.namespace,
        tool: definition.name,
        isListed: listed?.has(shown) === true,
      })),
      listBytes: endpoint?.tools.pages.bytes ?? 0,
    };
  }

  bind(name: string): ProfileBinding {
    const known = this.#bindings.get(name);
    if (known !== undefined) return known;
    const byName = this.#byName;
    const binding: ProfileBinding = {
      name,
      get view() {
        const profile = byName.get(name);
        return profile === undefined ? undefined : ProfileView.of(profile);
      },
    };
    // Only names of profiles are kept, so that requests for other names take no memory.
    if (byName.has(name)) this.#bindings.set(name, binding);
    return binding;
  }

  /** @throws ClarityError PROFILE_INVALID for names that the known interfaces do not allow. */
  #assertNames(profile: Profile): void {
    const { rename = {}, prefix } = profile.spec;
    if (prefix !== 'never' && Object.keys(rename).length === 0) return;
    const collisions = (this.#endpointOf(profile)?.profile?.collisions ?? []).filter(
      ({ name }) => prefix === 'never' || Object.values(rename).includes(name),
    );
    const [first] = collisions;
    if (first === undefined) return;
    const named = collisions.slice(0, MAX_NAMED).map(({ name, owners }) => `${name} (${owners.join(', ')})`);
    const field = Object.values(rename).includes(first.name) ? 'spec.rename' : 'spec.prefix';
    throw profileInvalid(
      field,
      `several tools would have the name ${named.join('; ')}: rename one, or deny it in spec.tools`,
    );
  }

  #endpointOf(profile: Profile) {
    const binding: ProfileBinding = { name: profile.metadata.name, view: ProfileView.of(profile) };
    return this.#dependencies.endpoints.endpoint({ caller: { ...CLIENT, profile: binding } });
  }

  #find(name: string): Profile {
    const found = this.#byName.get(name);
    if (found === undefined) throw new ClarityError('PROFILE_NOT_FOUND', `'${toPrintableAscii(name)}'`);
    return found;
  }

  async #write(
    caller: Caller,
    word: 'applied' | 'removed',
    name: string,
    change: RecordChange<Profile>,
  ): Promise<void> {
    const entry: AuditEntry = {
      kind: `profile.${word}`,
      level: 'info',
      message: `Profile ${word}: ${name}`,
      caller,
      data: { profile: name },
    };
    const event = this.#dependencies.audit.draft(entry);
    await this.#changes.run(() => this.#records.write({ caller, id: name, event }, change));
  }
}

/** The client for which a profile is previewed. */
const CLIENT: Caller = {
  tenant: 'default',
  principal: { kind: 'system', id: 'preview' },
  credential: { kind: 'none', id: 'preview' },
  door: 'mcp',
  grants: [grantOf('read', 'call')],
};
