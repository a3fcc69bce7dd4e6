import { type ClarityType, type InterfaceDocument, RawJson, type Service } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { WasmFunction, WasmModule } from '@clarity-runtime/core/ports';

/** Names of the functions whose result is a record. A record is a JSON object; every other result is wrapped in one. */
export function recordFunctions(document: InterfaceDocument | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, result } of document?.functions ?? []) {
    const returned: ClarityType = result.kind === 'Result' ? result.ok : result;
    const isNamed = returned.kind === 'Named' && Object.hasOwn(document?.types ?? {}, returned.name);
    if (isNamed && document?.types[returned.name]?.kind === 'record') names.add(name);
  }
  return names;
}

/** Prefix of the tool name of an exported function. */
export const FUNCTION_PREFIX = 'fn__';

/** Returns the result of `tools/list`: two tools of the runtime, then one tool for each function. */
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

/** Returns the value of `describe_service`. */
export function describeService(
  { serviceId, manifest, artifact }: Service,
  { functions, leftOut = [] }: Pick<WasmModule, 'functions' | 'leftOut'>,
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
    ...(leftOut.length === 0 ? {} : { leftOut: leftOut.map(showLeftOut) }),
  };
  return JSON.stringify(description, null, 2);
}

const MAX_NAME = 128;

/** Returns the name and the reason of an export that is not a tool. */
export const showLeftOut = ({ name, reason }: { readonly name: string; readonly reason: string }): string =>
  `${toPrintableAscii(name, MAX_NAME)} (${reason})`;
