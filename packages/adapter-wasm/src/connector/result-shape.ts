import type { ClarityType, InterfaceDocument } from '@clarity-runtime/core';

/** Names of the functions whose result is a record, which is an object by itself; every other result needs one around it. */
export function recordFunctions(document: InterfaceDocument | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, result } of document?.functions ?? []) {
    const returned: ClarityType = result.kind === 'Result' ? result.ok : result;
    const isNamed = returned.kind === 'Named' && Object.hasOwn(document?.types ?? {}, returned.name);
    if (isNamed && document?.types[returned.name]?.kind === 'record') names.add(name);
  }
  return names;
}
