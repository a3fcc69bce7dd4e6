import type { RecordStores } from '@clarity-runtime/adapter-store-postgres';
import { isStoreError, type AuditEvent, type SealedText, type ServiceRecord } from '@clarity-runtime/core';
import { contentDigest, onBehalfOf, sha256Hex, systemCaller } from '@clarity-runtime/core/internal';
import type { ArtifactStore, LoginSealer, RecordStore, SecretStore, Versioned } from '@clarity-runtime/core/ports';
import { CliError, ExitCode } from '../support/cli-error.ts';

/** One side of a migration. */
export interface MigratedStore {
  /** Claims of names follow from the services. */
  readonly records: Omit<RecordStores, 'claims'>;
  readonly secretStore: SecretStore;
  readonly artifacts: ArtifactStore;
  /** Opens and seals the tokens of its logins. Without it they are copied as they are. */
  readonly sealer?: LoginSealer;
  /** The events of the audit, oldest first; absent for a side whose audit is not copied. */
  readonly events?: () => AsyncIterable<readonly AuditEvent[]>;
  /** Stores events with their ids, and each id once; absent for a side that numbers events itself. */
  readonly append?: (events: readonly AuditEvent[]) => Promise<unknown>;
}

/** Number of things that the target has after a migration, by kind. */
export type MigratedCounts = Readonly<Record<string, number>>;

const TENANT = 'default';
const OP = 'migrate/';

interface Kind {
  readonly name: keyof MigratedStore['records'];
  readonly idOf: (value: never) => string;
}

/** In the order of the copy: services last, because they use the others. */
const KINDS: readonly Kind[] = [
  { name: 'policies', idOf: ({ metadata }: { readonly metadata: { readonly name: string } }) => metadata.name },
  { name: 'profiles', idOf: ({ metadata }: { readonly metadata: { readonly name: string } }) => metadata.name },
  { name: 'accessTokens', idOf: ({ name }: { readonly name: string }) => name },
  { name: 'approvals', idOf: ({ key }: { readonly key: string }) => key },
  { name: 'logins', idOf: ({ id }: { readonly id: string }) => id },
  { name: 'registry', idOf: ({ serviceId }: { readonly serviceId: string }) => serviceId },
];

type Records = ReadonlyMap<string, Versioned<unknown>>;

async function recordsOf({ records }: MigratedStore, { name, idOf }: Kind): Promise<Records> {
  const { items } = await (records[name] as RecordStore<unknown>).list(TENANT);
  return new Map(items.map((item) => [idOf(item.value as never), item]));
}

/**
 * Copies all records, secrets and modules of one store to another one, compares both, and returns the counts. Each write has
 * the id of its content, so that an interrupted migration is continued by the same command.
 * @throws CliError if the target has something that is not of this source, or differs afterwards; StoreError of a store.
 */
export async function migrateStore(from: MigratedStore, to: MigratedStore, dryRun = false): Promise<MigratedCounts> {
  const given = await Promise.all(KINDS.map((kind) => recordsOf(from, kind)));
  const names = await from.secretStore.names(TENANT);
  await assertOwn(to, given, names);
  const counts: Record<string, number> = { secrets: names.length };
  for (const [index, { name }] of KINDS.entries()) counts[name] = given[index]?.size ?? 0;
  if (dryRun) return counts;
  counts['artifacts'] = await copyArtifacts(from, to, given.at(-1) ?? new Map());
  for (const name of names) await copySecret(from, to, name);
  for (const [index, kind] of KINDS.entries()) await copyRecords(from, to, kind, given[index] ?? new Map());
  const events = await copyEvents(from, to);
  if (events !== undefined) counts['events'] = events;
  await assertEqual(from, to, names);
  return counts;
}

/** The target is empty, or has a part of this migration. */
async function assertOwn(to: MigratedStore, given: readonly Records[], names: readonly string[]): Promise<void> {
  const foreign: string[] = [];
  for (const [index, kind] of KINDS.entries()) {
    for (const [id, { op }] of await recordsOf(to, kind)) {
      if (!op.startsWith(OP) || given[index]?.has(id) !== true) foreign.push(`${kind.name} '${id}'`);
    }
  }
  for (const name of await to.secretStore.names(TENANT)) if (!names.includes(name)) foreign.push(`secret '${name}'`);
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 3).join(', ');
  throw new CliError(`the target is not empty: it has ${shown}${foreign.length > 3 ? ', …' : ''}`, {
    hint: 'migrate to a new schema (`?schema=<name>`) or to a new folder',
    exitCode: ExitCode.failed,
  });
}

async function copyRecords(from: MigratedStore, to: MigratedStore, kind: Kind, given: Records): Promise<void> {
  const { name, idOf } = kind;
  const target = to.records[name] as RecordStore<unknown>;
  for (const { value } of given.values()) {
    const present = await target.get(TENANT, idOf(value as never), { fresh: true });
    const digest = digestOf(value, from);
    if (present !== undefined && digestOf(present.value, to) === digest) continue;
    const op = `${OP}${sha256Hex(`${name} ${digest}`).slice(0, 32)}`;
    await target.put(TENANT, sealedFor(value, from, to), present?.revision ?? 'absent', { caller: systemCaller, op });
  }
}

/** A record of a login has tokens that the key of its store has sealed. */
interface Sealed {
  readonly id: string;
  readonly sealed: SealedText;
}

const isSealed = (value: unknown): value is Sealed => (value as Partial<Sealed>).sealed !== undefined;

const opened = ({ id, sealed }: Sealed, { sealer }: MigratedStore) =>
  sealer?.open(sealed, { tenant: TENANT, record: id });

/** Returns the digest of a record. Sealed text counts as what it is, because it differs at each sealing. */
function digestOf(value: unknown, side: MigratedStore): string {
  const text = isSealed(value) ? opened(value, side) : undefined;
  return contentDigest(text === undefined ? value : { ...(value as object), sealed: sha256Hex(text.reveal()) });
}

function sealedFor(value: unknown, from: MigratedStore, to: MigratedStore): unknown {
  const text = isSealed(value) ? opened(value, from) : undefined;
  if (text === undefined || to.sealer === undefined) return value;
  const { id } = value as Sealed;
  return { ...(value as object), sealed: to.sealer.seal(text, { tenant: TENANT, record: id }) };
}

async function copyArtifacts(from: MigratedStore, to: MigratedStore, services: Records): Promise<number> {
  let count = 0;
  for (const { value } of services.values()) {
    const { artifact, serviceId } = value as ServiceRecord;
    for (const [kind, sha256] of [
      ['wasm', artifact?.wasmSha256],
      ['interface', artifact?.interfaceSha256],
    ] as const) {
      if (sha256 === undefined) continue;
      const bytes = await from.artifacts.get(TENANT, kind, sha256);
      if (bytes === undefined) throw different(`the source has no ${kind} of service '${serviceId}'`);
      await to.artifacts.put(TENANT, kind, bytes);
      count += 1;
    }
  }
  return count;
}

async function copySecret(from: MigratedStore, to: MigratedStore, name: string): Promise<void> {
  const stored = await from.secretStore.read(TENANT, name);
  if (stored === undefined) return;
  const present = await to.secretStore.read(TENANT, name);
  if (present?.secret.reveal() === stored.secret.reveal()) return;
  const { secret, hosts, services, createdBy } = stored;
  // The creator decides who may use the secret.
  const caller = onBehalfOf(createdBy);
  const op = `${OP}${sha256Hex(`secret ${name} ${stored.version}`).slice(0, 32)}`;
  await to.secretStore.write(TENANT, name, { secret, hosts, services }, { caller, op });
}

async function copyEvents({ events }: MigratedStore, { append }: MigratedStore): Promise<number | undefined> {
  if (events === undefined || append === undefined) return undefined;
  let count = 0;
  for await (const batch of events()) {
    if (batch.length > 0) await append(batch);
    count += batch.length;
  }
  return count;
}

/** Reads both sides again. */
async function assertEqual(from: MigratedStore, to: MigratedStore, names: readonly string[]): Promise<void> {
  for (const kind of KINDS) {
    const [own, other] = await Promise.all([recordsOf(from, kind), recordsOf(to, kind)]);
    if (own.size !== other.size) throw different(`${kind.name}: ${String(own.size)} and ${String(other.size)} records`);
    for (const [id, { value }] of own) {
      const copy = other.get(id)?.value;
      if (copy === undefined || digestOf(copy, to) !== digestOf(value, from)) throw different(`${kind.name} '${id}'`);
    }
  }
  for (const name of names) {
    const [own, other] = await Promise.all([from, to].map(({ secretStore }) => secretStore.read(TENANT, name)));
    if (own?.secret.reveal() !== other?.secret.reveal()) throw different(`secret '${name}'`);
  }
}

const different = (what: string): CliError =>
  new CliError(`source and target differ: ${what}`, {
    hint: 'stop every daemon of both stores, and run the command again',
    exitCode: ExitCode.failed,
  });

/** Returns the error of a store with a hint for the operator. */
export function migrationError(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  const isLocked = error.kind === 'conflict';
  const hint = isLocked ? 'stop the daemon of the workspace' : 'run the command again: it continues';
  return new CliError(error.message, { hint, exitCode: ExitCode.failed, cause: error });
}
