import { type ClarityType, type InterfaceDocument, RawJson, type Service } from '@clarity-runtime/core';
import type { WasmFunction } from '@clarity-runtime/core/ports';

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

/** What stands before the name of an exported function in the name of its tool. */
export const FUNCTION_PREFIX = 'fn__';

/** The result of `tools/list`: two tools of the runtime's own, then one for each function. */
export function toolList({ namespace, manifest }: Service, functions: readonly WasmFunction[]): RawJson {
  const { module } = manifest.metadata;
  return RawJson.of({
    tools: [
      {
        name: 'health_check',
        description: `Health probe for ${namespace}`,
        inputSchema: {
          type: 'object',
          properties: { verbose: { type: 'boolean' } },
          additionalProperties: false,
        },
      },
      {
        name: 'describe_service',
        description: 'Returns runtime metadata for this local service',
        inputSchema: { type: 'object', properties: {}, additionalProperties: false },
      },
      ...functions.map(({ name, doc, inputSchema, outputSchema }) => ({
        name: `${FUNCTION_PREFIX}${name}`,
        description: doc ?? `Calls the function ${name} of ${module}`,
        inputSchema,
        ...(outputSchema === undefined ? {} : { outputSchema }),
      })),
    ],
  });
}

/** What `describe_service` answers. */
export function describeService(
  { serviceId, manifest, artifact }: Service,
  functions: readonly WasmFunction[],
): string {
  const { metadata, spec } = manifest;
  const { origin } = spec;
  const description = {
    serviceId,
    module: metadata.module,
    sourceFile: metadata.sourceFile,
    ...('wasmPath' in origin ? { wasmPath: origin.wasmPath, entry: origin.entry } : {}),
    ...artifact,
    functions: functions.map(({ name }) => name),
  };
  return JSON.stringify(description, null, 2);
}
