import { configValue, readForeignFile } from '@clarity-runtime/adapter-store-fs';
import type { GuestCapabilities } from '@clarity-runtime/core';
import { GUEST_METHODS, toPrintableAscii } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { isGuestHost } from '../command-support/grant-flags.ts';
import { CliError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';

const MAX_BYTES = 262_144;
const MAX_ENTRIES = 128;

const allowed = <Entry extends z.ZodType>(entry: Entry) =>
  z.object({
    allow: z.array(entry).max(MAX_ENTRIES).optional(),
    deny: z.array(z.unknown()).max(MAX_ENTRIES).optional(),
  });
/** The parts of a `policy.yaml` of wassette, version 1.0, that have a counterpart. */
const policyFile = z.object({
  version: z.string(),
  permissions: z.object({
    storage: allowed(z.object({ uri: z.string().max(4_096), access: z.array(z.enum(['read', 'write'])) })).optional(),
    environment: allowed(z.object({ key: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) })).optional(),
    network: allowed(z.object({ host: z.string().max(261).optional() })).optional(),
  }),
});

/** Capabilities of a policy, and the parts of it that have no counterpart. */
export interface ImportedPolicy {
  readonly capabilities: GuestCapabilities;
  readonly notes: readonly string[];
}

/** Reads a policy of wassette. @throws CliError when the file is not one, or denies a part of what it allows. */
export async function readWassettePolicy(path: string): Promise<ImportedPolicy> {
  const refuse = (reason: string): CliError =>
    new CliError(`${path} is not imported: ${toPrintableAscii(reason, 500)}`);
  const text = await readForeignFile(path, { maxBytes: MAX_BYTES }).catch((error: unknown) => {
    throw refuse(messageOf(error));
  });
  if (text === undefined) throw refuse('the file does not exist');
  const { data, error } = policyFile.safeParse(parsed(text, refuse));
  if (error !== undefined)
    throw refuse(error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  return importedPolicy(data, refuse);
}

function parsed(text: string, refuse: (reason: string) => CliError): unknown {
  try {
    return configValue(text, 'yaml');
  } catch (error) {
    throw refuse(messageOf(error));
  }
}

function importedPolicy(
  { permissions: { storage = {}, environment = {}, network = {} } }: z.infer<typeof policyFile>,
  refuse: (reason: string) => CliError,
): ImportedPolicy {
  if ((storage.deny ?? []).length > 0)
    throw refuse('permissions.storage.deny has no counterpart; allow smaller folders');
  const files = (storage.allow ?? []).map(({ uri, access }) => {
    const path = /^fs:\/\/(\/[^*?[\]{}]*?)(?:\/\*\*)?$/.exec(uri)?.[1];
    if (path === undefined) throw refuse(`${uri} is not a whole folder such as fs:///srv/data/**`);
    return { path: path === '' ? '/' : path, access: access.includes('write') ? ('rw' as const) : ('ro' as const) };
  });
  const env = (environment.allow ?? []).map(({ key }) => key);
  if ((network.deny ?? []).length > 0) throw refuse('permissions.network.deny has no counterpart; allow single hosts');
  const named = (network.allow ?? []).map(({ host }) => host?.toLowerCase());
  const hosts = named.filter((host) => host !== undefined && isGuestHost(host)) as string[];
  const leftOut = named.length - hosts.length;
  return {
    // Policies of wassette do not restrict clocks, random numbers and the methods of requests.
    capabilities: {
      ...{ time: true, random: true },
      ...(files.length === 0 ? {} : { files }),
      ...(env.length === 0 ? {} : { env }),
      ...(hosts.length === 0 ? {} : { network: { hosts, methods: [...GUEST_METHODS] } }),
    },
    notes: leftOut === 0 ? [] : [`${String(leftOut)} network permissions are left out: they are not names of hosts`],
  };
}
