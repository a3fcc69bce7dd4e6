/** The component uses a part of its host that is not granted. */
export class WasiDenied extends Error {
  override readonly name = 'WasiDenied';

  /** `reason`: why a grant does not cover the use. */
  constructor(interfaceName: string, member: string, grant: string | undefined, reason?: string) {
    const remedy = grant === undefined ? 'nothing grants it' : `spec.capabilities.${grant} grants it`;
    super(`the component uses ${interfaceName}#${member}, which is not granted; ${reason ?? remedy}`);
  }
}

/** The component called `exit`. */
export class GuestExit extends Error {
  override readonly name = 'GuestExit';
}

/** The `err` of a function of the host: transpiled code reads the member `payload`. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly payload: unknown;

  constructor(payload: unknown) {
    super('the host function failed');
    this.payload = payload;
  }
}
