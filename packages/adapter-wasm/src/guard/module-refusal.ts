export type RefusalCode = 'MODULE_INVALID' | 'WASM_CAPABILITY' | 'INTERFACE_MISMATCH';

/** The reason why a module is rejected. It can quote the module, so callers escape it for display. */
export class ModuleRefusal extends Error {
  override readonly name = 'ModuleRefusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** Returns the refusal of a module that must not reach an engine. */
export const invalid = (reason: string): ModuleRefusal => new ModuleRefusal('MODULE_INVALID', reason);

const NAMED = 20;

/** Returns the first names of a list and the number of the others. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => name.slice(0, 80));
  return names.length > NAMED ? `${shown.join(', ')} and ${String(names.length - NAMED)} more` : shown.join(', ');
}
