import { type Manifest, type ServiceRecord, StoreError } from '@clarity-runtime/core';
import { deriveServiceId, normalizeNamespace } from '@clarity-runtime/core/internal';
import type { Versioned } from '@clarity-runtime/core/ports';
import { z } from 'zod';
import { jsonItems } from '../files/json-items.ts';
import { decodeItems, encodeItems, parseJson, type ItemFile } from './item-file.ts';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { emptyRegistry, type RegistryState } from './registry-state.ts';

const origin = z.union([
  z.looseObject({ type: z.literal('local_wasm'), wasmPath: z.string() }),
  z.looseObject({ type: z.literal('remote_mcp'), endpoint: z.string() }),
]);

const oldItem = z.looseObject({
  manifest: z.looseObject({
    metadata: z.looseObject({ sourceFile: z.string(), module: z.string() }),
    spec: z.looseObject({ origin, toolNamespace: z.string().optional() }),
  }),
});
const versionOne = z.looseObject({
  version: z.literal(1),
  updatedAt: z.string().optional(),
  // A later format whose version is damaged has this member.
  integrity: z.undefined().optional(),
  services: z.array(z.unknown()),
});

/** Parses the registry format of version 0.9, which has no digest. Drops its runtime state; keeps unknown items as text. */
function readVersionOne(text: string, document: unknown): RegistryState | undefined {
  if ((Object(document) as { readonly version?: unknown }).version !== 1) return undefined;
  const read = versionOne.safeParse(document);
  if (!read.success) return undefined;
  const writtenAt = read.data.updatedAt ?? new Date(0).toISOString();
  const records = new Map<string, Versioned<ServiceRecord>>();
  const unsupported: string[] = [];
  const texts = jsonItems(text, 'services') ?? [];
  for (const [index, item] of read.data.services.entries()) {
    const known = oldItem.safeParse(item);
    if (!known.success) {
      unsupported.push(texts[index] ?? JSON.stringify(item));
      continue;
    }
    const own = withoutServiceId(known.data.manifest as unknown as Manifest);
    const serviceId = deriveServiceId(own);
    const namespace = normalizeNamespace(own.spec.toolNamespace ?? own.metadata.module);
    const value: ServiceRecord = { schema: 1, serviceId, namespace, manifest: own };
    const number = String(index + 1);
    records.set(serviceId, { value, revision: `r${number}`, writtenAt, op: `import-${number}` });
  }
  return { ...emptyRegistry, changes: read.data.services.length, records, unsupported };
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
    metadata: z.looseObject({ sourceFile: z.string(), module: z.string() }),
    spec: z.looseObject({ origin: z.looseObject({ type: z.string() }) }),
  }),
});

const SERVICES: ItemFile<ServiceRecord> = {
  title: 'a registry',
  version: 3,
  readable: [2],
  list: 'services',
  member: 'record',
  value: record,
  idOf: ({ serviceId }) => serviceId,
};

/** Encodes `registry.json`, version 3. */
export const encodeRegistry = (state: RegistryState, at: Date): Uint8Array => encodeItems(SERVICES, state, at);

/** Result of `readRegistry`. */
export interface ReadRegistry {
  readonly state: RegistryState;
  /** The parsed file. */
  readonly document: unknown;
  /** `mismatch`: well-formed, but changed by another program. `absent`: version 0.9, which has no digest. */
  readonly digest: 'valid' | 'mismatch' | 'absent';
  readonly isLegacy: boolean;
}

/**
 * Parses a registry file of version 3, 2 or 0.9.
 * @throws StoreError `corrupt` when it is not a registry or contains a service twice, `invalid` for a later version.
 */
export function readRegistry(bytes: Uint8Array): ReadRegistry {
  const parsed = parseJson(bytes);
  const { text, document } = parsed;
  const old = readVersionOne(text, document);
  if (old !== undefined) return { state: old, document, digest: 'absent', isLegacy: true };
  const { state, digest, version } = decodeItems(SERVICES, parsed);
  return { state, document, digest, isLegacy: version !== SERVICES.version };
}

/** Format of `registry.json`. */
export const REGISTRY_FORMAT: CheckpointFormat<ServiceRecord> = {
  name: 'registry.json',
  encode: encodeRegistry,
  decode: (bytes) => {
    const { state, document, digest, isLegacy } = readRegistry(bytes);
    if (digest === 'mismatch') throw digestMismatch();
    return { state, document, isLegacy };
  },
};

/** Returns the error for a registry file that was changed by another program. */
export const digestMismatch = (): StoreError =>
  new StoreError(
    'corrupt',
    'the digest does not match the content; run `clarityctl doctor --accept-registry` to accept an edited file',
  );
