import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ClarityError, type Registrant, type Secret, type SecretScope } from '@clarity-runtime/core';
import { isOperator, OPERATOR } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';

/** Suffix of the file with the destinations of a secret. A name of a secret never contains `~`. */
const SUFFIX = '~scope';
const MAX_BYTES = 64 * 1024;

/** Schema of `ScopeEntry`. */
export const scopeEntry = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  version: z.string().min(1).max(64),
  hosts: z.array(z.string()),
  services: z.array(z.string()),
  createdBy: z.object({
    principal: z.string(),
    door: z.enum(['http', 'mcp', 'stdio', 'metrics', 'embedded', 'boot']),
  }),
});
const sidecar = z.object({ schema: z.literal(1), entries: z.array(scopeEntry).min(1).max(2) });

/** Destinations of one value. `digest` is the SHA-256 of the value. */
export type ScopeEntry = z.output<typeof scopeEntry>;

/** Scope of a file without destinations, which the operator wrote. */
const PLAIN: SecretScope = { hosts: [], services: [], createdBy: OPERATOR, version: 'file' };

/** Returns whether an entry says the same as an absent file. */
export const isPlain = ({ hosts, services, createdBy }: ScopeEntry): boolean =>
  hosts.length === 0 && services.length === 0 && isOperator(createdBy);

export const sidecarPath = (path: string): string => `${path}${SUFFIX}`;

export const digestOf = (secret: Secret): string => createHash('sha256').update(secret.reveal()).digest('hex');

/**
 * Returns the destinations of the value at a path. A file without destinations belongs to the operator. A value that
 * another program replaced keeps the destinations of the previous one.
 * @throws ClarityError SECRET_INVALID when the destinations are damaged, or when a write of the secret did not complete.
 */
export async function readScope(path: string, digest: string | undefined): Promise<SecretScope> {
  const entries = await readEntries(path);
  if (entries.length === 0) return PLAIN;
  const found = entries.find((each) => each.digest === digest) ?? (entries.length === 1 ? entries[0] : undefined);
  if (found === undefined) throw damaged('a write of the secret did not complete');
  const { hosts, services, createdBy, version } = found;
  return { hosts, services, createdBy, version };
}

/** Returns the entries of a sidecar: one, or two during a write; none if the file does not exist. */
export async function readEntries(path: string): Promise<readonly ScopeEntry[]> {
  let text: string;
  try {
    text = await readFile(sidecarPath(path), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
  const read = sidecar.safeParse(text.length > MAX_BYTES ? undefined : parseJson(text));
  if (!read.success) throw damaged('the destinations of the secret are not readable');
  return read.data.entries;
}

/** Writes the destinations. During a write of the value, `entries` has those of the old and of the new value. */
export async function writeEntries(files: FileOperations, path: string, entries: readonly ScopeEntry[]): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify({ schema: 1, entries })}\n`);
  await writeAtomically(files, { path: sidecarPath(path), bytes });
}

/** Returns the entry of a new value. */
export function entryOf(
  secret: Secret,
  { hosts, services }: Pick<SecretScope, 'hosts' | 'services'>,
  { createdBy, before }: { readonly createdBy: Registrant; readonly before: readonly ScopeEntry[] },
): ScopeEntry {
  const last = Math.max(0, ...before.map(({ version }) => Number.parseInt(version, 10) || 0));
  return {
    digest: digestOf(secret),
    version: String(last + 1),
    hosts: [...hosts],
    services: [...services],
    createdBy: { ...createdBy },
  };
}

const damaged = (why: string): ClarityError =>
  new ClarityError('SECRET_INVALID', why, { hint: 'store the secret again with `clarityctl auth set-secret`' });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
