import type { ProfileReply } from '@clarity-runtime/api-contract';
import type { ProfileBody } from '../api/api-client.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { documentsOf } from '../command-support/manifest-files.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import { unknownAction } from '../command-support/unknown-action.ts';
import { toYaml } from '../terminal/to-yaml.ts';
import { profileBody, profileFlags } from './profile-request.ts';

const ACTIONS = ['list', 'show', 'apply', 'set', 'preview', 'remove'] as const;
/** Bytes of a list per token of a model, as `clarityctl cost` estimates it. */
const BYTES_PER_TOKEN = 4;

/** `clarityctl profile <action>`: views of services and tools for clients, at `/mcp/profiles/<name>`. */
export const profile: Command = {
  syntax: 'profile <action> [name]',
  describe: 'views of services and tools for clients: list, show, apply, set, preview, remove <name>',
  subject: ACTIONS.join(', '),
  flags: profileFlags,
  run: async (given, session) => {
    const action = ACTIONS.find((known) => known === given.text('action'));
    if (action === undefined) throw unknownAction('profile', given.text('action'), ACTIONS);
    if (action === 'list') return list(session);
    const name = given.text('name') ?? '';
    if (action === 'apply' && given.text('file') !== undefined) return applyFile(given, session);
    if (name === '') throw usageError('the name is missing', `write \`clarityctl profile ${action} <name>\``);
    switch (action) {
      case 'show':
        return show(name, session);
      case 'preview':
        return preview(name, session);
      case 'apply':
        return apply([profileBody(name, given)], session);
      case 'set':
        return apply([profileBody(name, given, (await session.api.profile(name)).profile)], session);
      case 'remove':
        return remove(name, session);
    }
  },
};

async function list({ api, output }: CommandContext): Promise<number> {
  const reply = await api.profiles();
  if (output.json) output.value(reply);
  else if (reply.items.length === 0) output.line('no profiles');
  else
    output.table(
      ['NAME', 'SERVICES', 'TOOLS', 'DISCOVERY', 'TITLE'],
      reply.items.map(({ metadata, spec }) => [
        metadata.name,
        spec.services.join(','),
        toolsOf(spec),
        spec.discovery ?? 'full',
        metadata.title ?? '-',
      ]),
    );
  return ExitCode.done;
}

/** Returns for example `docs/*, not docs/delete*`. */
const toolsOf = ({ tools = {} }: ProfileReply['spec']): string => {
  const { allow = ['all'], deny = [] } = tools;
  return `${allow.join(',')}${deny.length === 0 ? '' : `, not ${deny.join(',')}`}`;
};

async function show(name: string, { api, output }: CommandContext): Promise<number> {
  const reply = await api.profile(name);
  if (output.json) output.value(reply);
  else output.text(`${toYaml(reply.profile)}\n`);
  return ExitCode.done;
}

async function preview(name: string, { api, output }: CommandContext): Promise<number> {
  const reply = await api.previewProfile(name);
  const tokens = Math.ceil(reply.listBytes / BYTES_PER_TOKEN);
  if (output.json) {
    output.value({ ...reply, tokens });
    return ExitCode.done;
  }
  const rows = reply.tools.map((tool) => [
    tool.name,
    `${tool.namespace}/${tool.tool}`,
    tool.isListed ? 'list' : 'search',
  ]);
  if (rows.length > 0) output.table(['NAME', 'TOOL', 'OFFERED BY'], rows);
  const listed = reply.tools.filter(({ isListed }) => isListed).length;
  output.line(
    `${String(reply.tools.length)} tools, ${String(listed)} in the list (${reply.discovery}); about ${String(tokens)} tokens for each client`,
  );
  return ExitCode.done;
}

async function applyFile(given: ParsedArgs, session: CommandContext): Promise<number> {
  const path = given.text('file') ?? '';
  const documents = await documentsOf(session.cwd, path);
  const other = documents.find(({ value }) => (Object(value) as { readonly kind?: unknown }).kind !== 'Profile');
  if (other !== undefined)
    throw usageError(`${other.from} is not of kind Profile`, `use \`clarityctl apply -f ${path}\``);
  // The daemon checks the documents.
  return apply(documents.map(({ value }) => value) as readonly ProfileBody[], session);
}

async function apply(profiles: readonly ProfileBody[], { api, output }: CommandContext): Promise<number> {
  const applied: ProfileReply[] = [];
  for (const each of profiles) applied.push((await api.applyProfile(each)).profile);
  if (output.json) output.value({ profiles: applied });
  else {
    for (const { metadata } of applied)
      output.line(`profile '${metadata.name}' applied: ${api.daemonUrl.origin}/mcp/profiles/${metadata.name}`, 'good');
  }
  return ExitCode.done;
}

async function remove(name: string, { api, output }: CommandContext): Promise<number> {
  const reply = await api.removeProfile(name);
  if (output.json) output.value(reply);
  else output.line(`profile '${reply.name}' removed`, 'good');
  return ExitCode.done;
}
