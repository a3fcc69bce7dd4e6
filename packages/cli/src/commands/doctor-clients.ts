import { access } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { ImportJournal, trustFolders } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller } from '@clarity-runtime/core';
import type { ClientSetup, ImportPlanRow } from '@clarity-runtime/core/internal';
import type { ClientConfigState } from '@clarity-runtime/core/ports';
import { readPlan, type ReadPlan } from '../client-imports/read-plan.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { registeredServices } from '../imports/api-target.ts';
import { isOnPath } from '../support/program-search.ts';
import { FoundProblems, type FoundProblem } from './doctor-findings.ts';
import { NOT_CHECKED, type SeenServices } from './doctor-services.ts';

const NPX_CACHE = /[\\/]_npx[\\/]/;
const OLD_IMPORT_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Checks the clients that have this gateway: the program of their entry, the servers that they still start themselves, and
 * tokens in their files.
 * @throws FoundProblems
 */
export async function clientFilesDetail(
  session: CommandContext,
  clients: ClientSetup,
  found: SeenServices,
): Promise<string> {
  const states = (await clients.status(embeddedCaller, 'user')).filter(({ configured }) => configured);
  const problems: FoundProblem[] = [];
  for (const state of states) problems.push(...(await entryProblems(session, state)));
  if (found === undefined) {
    if (problems.length > 0) throw new FoundProblems(problems);
    return NOT_CHECKED;
  }
  const names = states.map(({ client }) => client);
  const { env, cwd } = session;
  const request = {
    ...{ clients: names, files: [], scopes: ['user'] as const, only: undefined, except: [] },
    ...{ renamed: new Map<string, string>(), keepsSecrets: false, keepsWrappers: false },
    ...{ keepPlain: new Set<string>(), keepEnv: new Set<string>() },
  };
  const empty: ReadPlan = { rows: [], files: [], otherCount: 0, renamed: () => [] };
  const { rows } =
    names.length === 0 ? empty : await readPlan({ env, cwd }, request, await registeredServices(session.api));
  problems.push(...rows.flatMap(copyProblems));
  if (problems.length > 0) throw new FoundProblems(problems);
  return names.length === 0
    ? 'no client has this gateway'
    : `the entries of ${names.join(', ')} start this gateway alone`;
}

async function entryProblems(
  { env, api }: CommandContext,
  { client, path, command, args = [], endpoint }: ClientConfigState,
): Promise<readonly FoundProblem[]> {
  const fix = `\`clarityctl bootstrap --clients ${client}\``;
  const words = command === undefined ? [] : [command, ...args];
  if (words.some((word) => NPX_CACHE.test(word))) {
    const text = `${client}: ${path} starts a program in the cache of npx, which npm deletes`;
    return [{ text, fix: `\`clarity-runtime up\`, then ${fix}` }];
  }
  for (const word of words.filter((one, at) => isAbsolute(one) && (at === 0 || /\.[cm]?js$/.test(one)))) {
    const isThere = await access(word).then(
      () => true,
      () => false,
    );
    if (!isThere) return [{ text: `${client}: ${path} starts ${word}, which does not exist`, fix }];
  }
  if (command !== undefined && !isAbsolute(command) && !isOnPath(command, env)) {
    return [{ text: `${client}: ${path} starts ${command}, which is not on the PATH of this shell`, fix }];
  }
  const named = endpoint ?? addressOf(args);
  const port = named !== undefined && URL.canParse(named) ? new URL(named).port : undefined;
  if (port === undefined || port === api.daemonUrl.port) return [];
  return [{ text: `${client}: ${path} uses the daemon at ${named ?? ''}, not ${api.daemonUrl.origin}`, fix }];
}

const addressOf = (args: readonly string[]): string | undefined => {
  const at = args.indexOf('--daemon-url');
  return at < 0 ? undefined : args[at + 1];
};

/** A registered service that its client still starts itself, and a token that its file has. */
function copyProblems({ state, name, places, secrets }: ImportPlanRow): readonly FoundProblem[] {
  return places.flatMap((place): readonly FoundProblem[] => {
    const { client, path, name: entry } = place;
    const copy =
      state === 'same'
        ? [
            {
              service: name,
              text: `${client}: ${path} still starts its own '${entry}' beside the service ${name}`,
              fix: `\`clarityctl import --from ${client} --only ${entry} --rewire --yes\``,
            },
          ]
        : [];
    const plain =
      secrets.length === 0
        ? []
        : [
            {
              text: `${client}: ${path} has ${secrets.join(', ')} of '${entry}' as plain text`,
              fix: `\`clarityctl import --from ${client} --only ${entry} --rewire\``,
            },
          ];
    return [...copy, ...plain];
  });
}

/** Reports imports whose copies of files, which contain the old tokens, are older than 30 days. */
export async function importsDetail({ env }: CommandContext, now = new Date()): Promise<string> {
  const records = await new ImportJournal(trustFolders({ environment: env }).state).list();
  const problems = records.flatMap(({ id, at, isComplete }): readonly FoundProblem[] => {
    if (!isComplete) {
      const fix = `\`clarityctl import undo ${id}\`, or \`clarityctl import\` to continue`;
      return [{ text: `the import ${id} was interrupted`, fix }];
    }
    if (now.getTime() - Date.parse(at) < OLD_IMPORT_MS) return [];
    const text = `the import ${id} keeps copies of files with the old tokens for more than 30 days`;
    return [{ text, fix: `\`clarityctl import forget ${id}\`` }];
  });
  if (problems.length > 0) throw new FoundProblems(problems);
  return records.length === 0 ? 'nothing was imported' : 'no import is interrupted or older than 30 days';
}
