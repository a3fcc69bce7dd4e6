import { StoreError, type Profile } from '@clarity-runtime/core';
import { MemoryProfileStore } from '@clarity-runtime/core/memory';
import { inMemory } from '@clarity-runtime/core/registry';

type Put = Parameters<MemoryProfileStore['put']>;
type Remove = Parameters<MemoryProfileStore['remove']>;

/** A store in memory with profiles of the application, which no caller can change. Other profiles can be added. */
export class DeployedProfiles extends MemoryProfileStore {
  readonly #deployed: ReadonlySet<string>;

  constructor(profiles: readonly Profile[]) {
    const writtenAt = new Date().toISOString();
    const records = profiles.map((value, index) => {
      const revision = `deployed-${String(index)}`;
      return { tenant: 'default', id: value.metadata.name, value, revision, writtenAt, op: revision };
    });
    super({ ...inMemory<Profile>(), initial: { changes: records.length, records } });
    this.#deployed = new Set(records.map(({ id }) => id));
  }

  override async put(...args: Put): ReturnType<MemoryProfileStore['put']> {
    this.#assertOpen(args[1].metadata.name);
    return super.put(...args);
  }

  override async remove(...args: Remove): Promise<void> {
    this.#assertOpen(args[1]);
    return super.remove(...args);
  }

  #assertOpen(name: string): void {
    if (this.#deployed.has(name)) throw new StoreError('invalid', `the application defines the profile '${name}'`);
  }
}
