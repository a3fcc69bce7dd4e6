import { type Manifest, type ServiceRecord, StoreError } from '@clarity-runtime/core';
import { deriveServiceId, normalizeNamespace, sha256Hex } from '@clarity-runtime/core/internal';
import type { RegistryState } from './registry-state.ts';
import type { Versioned } from '@clarity-runtime/core/ports';
import { z } from 'zod';
import { integrity } from '../trust/state-marks.ts';

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

/** Parses the registry format of version 0.9, which has no digest. Drops its runtime state. */
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

/** Version 0.9 accepted any id of a caller; now the id is derived from the manifest. */
function withoutServiceId(manifest: Manifest): Manifest {
  const metadata = Object.fromEntries(Object.entries(manifest.metadata).filter(([name]) => name !== 'serviceId'));
  return { ...manifest, metadata: metadata as unknown as Manifest['metadata'] };
}

const record = z.looseObject({
  schema: z.literal(1),
  serviceId: z.string().regex(/^svc_[a-f0-9]{12}$/),
  namespace: z.string().min(1),
  manifest: z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({}),
    spec: z.looseObject({}),
  }),
});

const versionTwo = z.object({
  version: z.literal(2),
  updatedAt: z.string(),
  changes: z.number().int().nonnegative(),
  services: z.array(z.object({ revision: z.string(), writtenAt: z.string(), op: z.string(), record })),
  integrity,
});

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Text that the digest covers: all members except `updatedAt` and `integrity`. */
const covered = (changes: number, services: unknown): string => JSON.stringify({ changes, services });

/** Encodes `registry.json`, version 2, with a digest. */
export function encodeRegistry({ changes, records }: RegistryState, at: Date): Uint8Array {
  const services = [...records.values()].map(({ value, revision, writtenAt, op }) => ({
    revision,
    writtenAt,
    op,
    record: value,
  }));
  const digest = sha256Hex(covered(changes, services));
  const document = { version: 2, updatedAt: at.toISOString(), changes, services, integrity: { alg: 'sha256', digest } };
  return encoder.encode(`${JSON.stringify(document, null, 2)}\n`);
}

/** Result of `readRegistry`. */
export interface ReadRegistry {
  readonly state: RegistryState;
  /** `mismatch`: well-formed, but changed by another program. `absent`: version 0.9, which has no digest. */
  readonly digest: 'valid' | 'mismatch' | 'absent';
}

/**
 * Parses a registry file of version 2 or of version 0.9.
 * @throws StoreError `corrupt` when it is not a registry or contains a service twice.
 */
export function readRegistry(bytes: Uint8Array): ReadRegistry {
  const document = parse(bytes);
  const old = readVersionOne(document);
  if (old !== undefined) return { state: old, digest: 'absent' };
  const read = versionTwo.safeParse(document);
  if (!read.success)
    throw new StoreError('corrupt', `not a registry: ${z.prettifyError(read.error).split('\n')[0] ?? ''}`);
  const { changes, services, integrity: given } = read.data;
  // The digest covers the raw members; the schema could drop some of them.
  const raw = (document as { services: unknown }).services;
  const digest = sha256Hex(covered(changes, raw)) === given.digest ? 'valid' : 'mismatch';
  const items = services.map(({ record: value, ...rest }): [string, Versioned<ServiceRecord>] => [
    value.serviceId,
    { ...rest, value: value as unknown as ServiceRecord },
  ]);
  if (new Set(items.map(([serviceId]) => serviceId)).size < items.length) {
    throw new StoreError('corrupt', 'a service is listed twice');
  }
  return { state: { changes, records: new Map(items) }, digest };
}

/** Returns the error for a registry file that was changed by another program. */
export const digestMismatch = (): StoreError =>
  new StoreError(
    'corrupt',
    'the digest does not match the content; run `clarityctl doctor --accept-registry` to accept an edited file',
  );

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new StoreError('corrupt', 'not JSON', { cause: error });
  }
}
