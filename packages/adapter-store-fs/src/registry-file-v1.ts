import { deriveServiceId, normalizeNamespace, type Manifest, type ServiceRecord } from '@clarity-runtime/core';
import type { RegistryState } from '@clarity-runtime/core/registry';
import type { Versioned } from '@clarity-runtime/core/ports';
import { z } from 'zod';

const origin = z.union([
  z.looseObject({ type: z.literal('local_wasm'), wasmPath: z.string() }),
  z.looseObject({ type: z.literal('remote_mcp'), endpoint: z.string() }),
]);

const versionOne = z.object({
  version: z.literal(1),
  updatedAt: z.string().optional(),
  services: z.array(
    z.looseObject({
      manifest: z.looseObject({
        metadata: z.looseObject({ sourceFile: z.string(), module: z.string() }),
        spec: z.looseObject({ origin, toolNamespace: z.string().optional() }),
      }),
    }),
  ),
});

/** The registry that version 0.9 wrote, which had no digest; its runtime state is not believed and not kept. */
export function readVersionOne(document: unknown): RegistryState | undefined {
  const read = versionOne.safeParse(document);
  if (!read.success) return undefined;
  const writtenAt = read.data.updatedAt ?? new Date(0).toISOString();
  const items = read.data.services.map(({ manifest }, index): [string, Versioned<ServiceRecord>] => {
    const own = withoutServiceId(manifest as unknown as Manifest);
    const serviceId = deriveServiceId(own);
    const namespace = normalizeNamespace(own.spec.toolNamespace ?? own.metadata.module);
    const value: ServiceRecord = { schema: 1, serviceId, namespace, manifest: own };
    return [serviceId, { value, revision: `r${String(index + 1)}`, writtenAt, op: `import-${String(index + 1)}` }];
  });
  return { changes: items.length, records: new Map(items) };
}

/** Version 0.9 took any id that a caller gave; ours follows from what the service is. */
function withoutServiceId(manifest: Manifest): Manifest {
  const metadata = Object.fromEntries(Object.entries(manifest.metadata).filter(([name]) => name !== 'serviceId'));
  return { ...manifest, metadata: metadata as unknown as Manifest['metadata'] };
}
