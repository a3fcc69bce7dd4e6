export type RefusalCode = 'MODULE_INVALID' | 'WASM_CAPABILITY' | 'INTERFACE_MISMATCH';

/** Why a module is not run. Its reason may quote the module, so whoever shows it makes it printable first. */
export class ModuleRefusal extends Error {
  override readonly name = 'ModuleRefusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** A module that no engine should see. */
export const invalid = (reason: string): ModuleRefusal => new ModuleRefusal('MODULE_INVALID', reason);

const NAMED = 20;

/** As many names as a message can bear. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => name.slice(0, 80));
  return names.length > NAMED ? `${shown.join(', ')} and ${String(names.length - NAMED)} more` : shown.join(', ');
}
