import type { FoundScope } from '@clarity-runtime/adapter-store-fs';
import { importClients } from '@clarity-runtime/adapter-store-fs';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { namesFlag } from '../command-support/flags.ts';
import { IMPORT_SCOPES, type PlanRequest } from '../client-imports/read-plan.ts';
import { usageError } from '../support/cli-error.ts';

/** Flags of `clarityctl import`. */
export const importFlags: Flags = {
  from: {
    type: 'texts',
    describe: 'a client, a file, an https URL, or - for standard input (repeatable)',
    fallbackText: 'all clients',
  },
  scope: {
    type: 'text',
    describe: 'user, project (files of this folder), local (this folder in the file of Claude Code) or all',
    fallbackText: 'user',
  },
  'all-projects': {
    type: 'switch',
    describe: 'with --scope local or all: the servers of every folder in the file of Claude Code',
  },
  only: { type: 'texts', describe: 'comma-separated names of the servers to import' },
  except: { type: 'texts', describe: 'comma-separated names of servers that are not imported' },
  rename: { type: 'texts', describe: 'NAME=OTHER: name of the service for a server (repeatable)' },
  secrets: {
    type: 'text',
    describe: 'store (move plain secrets to the secret store) or keep (leave them in the manifest)',
    fallbackText: 'store',
  },
  'keep-plain': { type: 'texts', describe: 'NAME: variable or header that stays in the manifest (repeatable)' },
  'keep-env': { type: 'texts', describe: 'NAME: variable that the daemon reads from its own environment (repeatable)' },
  'no-unwrap': { type: 'switch', describe: 'keep wrappers such as mcp-remote' },
  'no-start': { type: 'switch', describe: 'register the services without starting them' },
  rewire: { type: 'switch', describe: 'let the clients use this gateway instead of the imported servers' },
  'dry-run': { type: 'switch', describe: 'print the plan without changes' },
  yes: { type: 'switch', alias: 'y', describe: 'do not ask' },
};

/** Parses the flags. @throws CliError with exit code 2 for an unknown value. */
export function importRequest(given: ParsedArgs): PlanRequest {
  const from = given.all('from').flatMap((text) => text.split(','));
  const clients = from.filter((name) => importClients.includes(name));
  const files = from.filter((name) => !importClients.includes(name));
  const unknown = files.find((name) => name !== '-' && !/[./\\]/.test(name));
  if (unknown !== undefined) {
    throw usageError(`unknown client '${unknown}'`, `use a path, or one of: ${importClients.join(', ')}`);
  }
  const scopes = scopesOf(given.text('scope') ?? 'user');
  if (scopes === undefined) throw usageError('--scope must be user, project, local or all');
  if (given.has('all-projects') && !scopes.includes('local')) {
    throw usageError('--all-projects needs --scope local or --scope all');
  }
  const secrets = given.text('secrets') ?? 'store';
  if (secrets !== 'store' && secrets !== 'keep') throw usageError('--secrets must be store or keep');
  return {
    clients: from.length === 0 ? undefined : clients,
    files,
    scopes,
    allProjects: given.has('all-projects'),
    only: namesFlag(given, 'only'),
    except: namesFlag(given, 'except') ?? [],
    renamed: renamedOf(given),
    keepsSecrets: secrets === 'keep',
    keepPlain: new Set(namesFlag(given, 'keep-plain')),
    keepEnv: new Set(namesFlag(given, 'keep-env')),
    keepsWrappers: given.has('no-unwrap'),
  };
}

const scopesOf = (word: string): readonly FoundScope[] | undefined =>
  Object.entries(IMPORT_SCOPES).find(([name]) => name === word)?.[1];

function renamedOf(given: ParsedArgs): ReadonlyMap<string, string> {
  return new Map(
    given.all('rename').map((pair): [string, string] => {
      const at = pair.lastIndexOf('=');
      if (at < 1 || at === pair.length - 1) throw usageError('--rename must be NAME=OTHER');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
