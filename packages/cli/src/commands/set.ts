import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EnvironmentEntry, Manifest } from '@clarity-runtime/core';
import { originMember } from '@clarity-runtime/core/internal';
import { changeService } from '../additions/change-service.ts';
import { givenValues, type MovedSecret } from '../additions/given-values.ts';
import {
  assignment,
  renamed,
  SETTING_KEYS,
  valueKey,
  VALUE_PARTS,
  withSetting,
  withValue,
  type EntryPart,
} from '../additions/service-settings.ts';
import { ParsedArgs, type Flags } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { usageError } from '../support/cli-error.ts';

const MAX_FILE_BYTES = 16 * 1024;
const dryRun: Flags = { 'dry-run': { type: 'switch', describe: 'print what would change' } };

/** Changes settings of a service. */
const set: Command = {
  syntax: 'set <service> [settings..]',
  describe: 'change settings of a service with key=value; env.NAME=@file or @- stores a secret, an empty value removes',
  subject: `service; keys: ${SETTING_KEYS.join(', ')}`,
  flags: {
    'keep-plain': { type: 'texts', describe: 'NAME: value that stays in the manifest though it looks like a secret' },
    ...dryRun,
  },
  run: async (given, session) => {
    const changes = given.list('settings').map(assignment);
    if (changes.length === 0) throw usageError('no setting is given', 'write key=value, for example start.timeout=2m');
    const { serviceId } = await findService(session.api, given);
    const { service: stored } = await session.api.service(serviceId);
    let value = stored.manifest as unknown as Manifest;
    const secrets: MovedSecret[] = [];
    for (const change of changes) {
      const key = valueKey(change.key);
      if (key === undefined) value = withSetting(value, change, session.cwd);
      else {
        const { entry, moved } = await namedValue(
          session,
          given,
          { ...key, text: change.value },
          value,
          stored.namespace,
        );
        value = withValue(value, key, entry);
        secrets.push(...moved);
      }
    }
    return changeService(session, given, { stored, value, secrets });
  },
};

/** Returns the entry of a value, and the secret that goes to the store for it. */
async function namedValue(
  session: CommandContext,
  given: ParsedArgs,
  { part, name, text }: { readonly part: EntryPart; readonly name: string; readonly text: string },
  manifest: Manifest,
  service: string,
): Promise<{ readonly entry: EnvironmentEntry | undefined; readonly moved: readonly MovedSecret[] }> {
  if (text === '') return { entry: undefined, moved: [] };
  if (text.startsWith('@')) {
    const value = await secretOf(session, text.slice(1));
    const reference = ownReference(manifest, { part, name, service });
    return { entry: { name, secretRef: reference }, moved: [{ reference, value }] };
  }
  const words = new ParsedArgs({ [part]: [`${name}=${text}`], 'keep-plain': given.all('keep-plain') });
  const { entries, secrets } = givenValues(words, part, { service, env: session.env });
  return { entry: entries[0], moved: secrets };
}

/** Reads the value of `@file`, or of `@-`: standard input or, at a terminal, a question. */
async function secretOf({ secretInput, cwd }: CommandContext, place: string): Promise<string> {
  if (place === '-')
    return secretInput.ask === undefined ? secretInput.piped() : secretInput.ask('Value (not shown): ');
  const path = resolve(cwd, place);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw usageError(`${path} is not a file`);
  if (found.size > MAX_FILE_BYTES) throw usageError(`${path} is larger than ${String(MAX_FILE_BYTES)} bytes`);
  return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
}

/** Returns the reference that the value has, if only this service uses it, else a new one. */
function ownReference(
  { spec }: Manifest,
  { part, name, service }: { readonly part: EntryPart; readonly name: string; readonly service: string },
): string {
  const entries = originMember(spec.origin, VALUE_PARTS[part]);
  const list = Array.isArray(entries) ? (entries as readonly EnvironmentEntry[]) : [];
  const old = list.find((entry) => entry.name === name)?.secretRef ?? '';
  const isOwn = ['add', 'import', 'install', 'set'].some((folder) => old.startsWith(`file:${folder}/${service}/`));
  return isOwn ? old : `file:set/${service}/${name.replace(/[^\w.-]/g, '-')}`;
}

/** Enables or disables a service. */
const switched = (verb: 'enable' | 'disable'): Command => ({
  syntax: `${verb} <service>`,
  describe: verb === 'enable' ? 'enable a service and start it' : 'stop a service and keep it from being started',
  subject: SERVICE_SUBJECT,
  flags: {
    ...(verb === 'enable'
      ? { 'no-start': { type: 'switch', describe: 'enable the service without starting it' } }
      : {}),
    ...dryRun,
  },
  run: async (given, session) => {
    const { serviceId } = await findService(session.api, given);
    const { service: stored } = await session.api.service(serviceId);
    const manifest = stored.manifest as unknown as Manifest;
    const value = { ...manifest, spec: { ...manifest.spec, enabled: verb === 'enable' } };
    return changeService(session, given, { stored, value, starts: verb === 'enable' && !given.has('no-start') });
  },
});

/** Gives a service another name. */
const rename: Command = {
  syntax: 'rename <service> [name]',
  describe: 'give a service another name, which is the prefix of its tools; its id and its history stay',
  subject: SERVICE_SUBJECT,
  flags: dryRun,
  run: async (given, session) => {
    const name = given.text('name');
    if (name === undefined) throw usageError('the new name is missing', 'write `rename <service> <name>`');
    const { serviceId } = await findService(session.api, given);
    const { service: stored } = await session.api.service(serviceId);
    return changeService(session, given, { stored, value: renamed(stored.manifest as unknown as Manifest, name) });
  },
};

/** Commands that change one service. */
export const serviceChanges: readonly Command[] = [set, switched('enable'), switched('disable'), rename];
