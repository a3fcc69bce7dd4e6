import type { LoginState } from '@clarity-runtime/core';
import { MemoryLoginStore } from '@clarity-runtime/core/memory';

type Put = Parameters<MemoryLoginStore['put']>;
type Remove = Parameters<MemoryLoginStore['remove']>;

/** The login of one service after a change. */
export interface LoginNotice {
  readonly serviceId: string;
  readonly issuer: string;
  readonly state: LoginState;
}

/** A store in memory that tells the application when a service gets, needs or loses a login. */
export class ReportedLogins extends MemoryLoginStore {
  readonly #tell: (notice: LoginNotice) => void;

  constructor(tell: (notice: LoginNotice) => void) {
    super();
    this.#tell = tell;
  }

  override async put(...args: Put): ReturnType<MemoryLoginStore['put']> {
    const stored = await super.put(...args);
    const { value } = stored;
    if (value.type === 'grant') {
      const { serviceId, issuer, rejected } = value;
      this.#tell({ serviceId, issuer, state: rejected === undefined ? 'active' : 'needed' });
    }
    return stored;
  }

  override async remove(...args: Remove): Promise<void> {
    const [tenant, id] = args;
    const value = (await this.get(tenant, id))?.value;
    await super.remove(...args);
    if (value?.type === 'grant') this.#tell({ serviceId: value.serviceId, issuer: value.issuer, state: 'none' });
  }
}
