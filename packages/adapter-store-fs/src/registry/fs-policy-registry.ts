import { StoreError, type PolicyDocument } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import type { RegistryState } from './registry-state.ts';
import type { Versioned, PolicyRegistry } from '@clarity-runtime/core/ports';
import { z } from 'zod';
import { MemoryPolicyRegistry } from '@clarity-runtime/core/memory';
import { integrity } from '../trust/state-marks.ts';
import { openRegistry, type FsRegistryOptions } from './open-registry.ts';

const document = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Policy'),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: z.looseObject({}),
});

const file = z.object({
  version: z.literal(1),
  updatedAt: z.string(),
  changes: z.number().int().nonnegative(),
  policies: z.array(z.object({ revision: z.string(), writtenAt: z.string(), op: z.string(), document })),
  integrity,
});

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const covered = (changes: number, policies: unknown): string => JSON.stringify({ changes, policies });

/** Encodes `policies.json` with a digest. */
export function encodePolicies({ changes, records }: RegistryState<PolicyDocument>, at: Date): Uint8Array {
  const policies = [...records.values()].map(({ value, ...rest }) => ({ ...rest, document: value }));
  const digest = sha256Hex(covered(changes, policies));
  const whole = { version: 1, updatedAt: at.toISOString(), changes, policies, integrity: { alg: 'sha256', digest } };
  return encoder.encode(`${JSON.stringify(whole, null, 2)}\n`);
}

/** Parses `policies.json`. @throws StoreError `corrupt` when it is damaged: part of a policy could allow too much. */
export function readPolicies(bytes: Uint8Array): RegistryState<PolicyDocument> {
  const parsed = parse(bytes);
  const read = file.safeParse(parsed);
  if (!read.success) {
    throw new StoreError('corrupt', `not a policy file: ${z.prettifyError(read.error).split('\n')[0] ?? ''}`);
  }
  const { changes, policies, integrity: given } = read.data;
  if (sha256Hex(covered(changes, (parsed as { policies: unknown }).policies)) !== given.digest) {
    throw new StoreError('corrupt', 'the digest does not match the content');
  }
  const items = policies.map(({ document: value, ...rest }): [string, Versioned<PolicyDocument>] => [
    value.metadata.name,
    { ...rest, value: value as unknown as PolicyDocument },
  ]);
  return { changes, records: new Map(items) };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new StoreError('corrupt', 'not JSON', { cause: error });
  }
}

/** Opens `policies.json` in a folder. @throws StoreError as `openRegistry` does. */
export async function fsPolicyRegistry(options: FsRegistryOptions): Promise<PolicyRegistry> {
  const decode = (bytes: Uint8Array) => ({ state: readPolicies(bytes), isLegacy: false });
  return new MemoryPolicyRegistry(
    await openRegistry({ name: 'policies.json', encode: encodePolicies, decode }, options),
  );
}
