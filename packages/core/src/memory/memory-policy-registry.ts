import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type { Expect, PolicyRegistry, StoreCapabilities, TenantId, Versioned, WriteContext } from '../ports/index.ts';
import { inMemory, type RegistryBacking } from '../registry/registry-backing.ts';
import { copyOf, listRecords, putRecord, removeRecord } from '../registry/registry-state.ts';

/** A `PolicyRegistry` over a backing that stores its state. Default: in memory. */
export class MemoryPolicyRegistry implements PolicyRegistry {
  readonly #backing: RegistryBacking<PolicyDocument>;
  #isClosed = false;

  constructor(backing: RegistryBacking<PolicyDocument> = inMemory()) {
    this.#backing = backing;
  }

  get capabilities(): StoreCapabilities {
    return this.#backing.capabilities;
  }

  readonly list: PolicyRegistry['list'] = () => this.#do(() => Promise.resolve(listRecords(this.#backing.state)));

  put(
    _tenant: TenantId,
    document: PolicyDocument,
    expect: Expect,
    context: WriteContext,
  ): Promise<Versioned<PolicyDocument>> {
    const { name } = document.metadata;
    return this.#do(async () => {
      const accepted: Versioned<PolicyDocument>[] = [];
      await this.#backing.commit((before) => {
        const write = { context, at: this.#backing.now() };
        const after = putRecord(before, { id: name, value: document, expect }, write);
        accepted.push(after.item);
        return after.state;
      });
      const [item] = accepted;
      if (item === undefined) throw new StoreError('indeterminate', 'the store did not try the change');
      return copyOf(item);
    }, context.signal);
  }

  remove(_tenant: TenantId, name: string, expect: Expect, context: WriteContext): Promise<void> {
    return this.#do(async () => {
      await this.#backing.commit((before) => removeRecord(before, name, expect));
    }, context.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#backing.close();
  }

  #do<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StoreError('closed', 'the registry is closed'));
    if (signal?.aborted === true) return Promise.reject(new StoreError('aborted', 'aborted before it was tried'));
    return work();
  }
}
