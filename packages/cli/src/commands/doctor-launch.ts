import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { Manifest } from '@clarity-runtime/core';
import { isLoopback } from '../api/loopback.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { CliError } from '../support/cli-error.ts';
import { isOnPath } from '../support/program-search.ts';
import { listed, NOT_CHECKED, type SeenServices } from './doctor-services.ts';

const MAX_SERVICES = 200;
/** Tools that a client lists at most, from its documentation. */
const TOOL_LIMITS = [
  ['Cursor', 40],
  ['Windsurf', 100],
  ['VS Code', 128],
] as const;

interface LaunchProblem {
  readonly text: string;
  readonly fix: string;
}

/**
 * Checks the program, the folder and the files that each enabled service names and that does not run: the daemon may have
 * another PATH than this shell, and a service that runs has what it needs. A path that is relative to the workspace of the
 * daemon is not checked.
 * @throws CliError with the cause of each service and the command for the first one.
 */
export async function launchDetail(session: CommandContext, found: SeenServices): Promise<string> {
  if (found === undefined) return NOT_CHECKED;
  const { api } = session;
  if (!isLoopback(api.daemonUrl)) return 'not checked: the daemon is on another machine';
  const problems: LaunchProblem[] = [];
  const items = found.items.filter(({ lifecycle }) => lifecycle !== 'RUNNING').slice(0, MAX_SERVICES);
  for (const { serviceId, namespace } of items) {
    // A service that was removed meanwhile has no problem.
    const reply = await api.service(serviceId).catch(() => undefined);
    if (reply === undefined) continue;
    const { spec } = reply.service.manifest as unknown as Manifest;
    if (spec.enabled) problems.push(...(await problemsOf(session.env, namespace, spec)));
  }
  const [first] = problems;
  if (first === undefined) return `the programs and files of ${String(items.length)} services that do not run exist`;
  throw new CliError(listed(problems.map(({ text }) => text)), { hint: first.fix });
}

async function problemsOf(
  env: CommandContext['env'],
  name: string,
  { origin }: Manifest['spec'],
): Promise<readonly LaunchProblem[]> {
  const problems: LaunchProblem[] = [];
  const fix = `correct it with \`clarityctl edit ${name}\``;
  const mustExist = async (what: string, path: string | undefined): Promise<void> => {
    if (path === undefined || path.includes('${') || path.includes('***')) return;
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) problems.push({ text: `${name}: ${what} ${path} does not exist`, fix });
  };
  if (origin.type === 'remote_mcp') {
    await mustExist('the certificate file', origin.tls?.caFile);
    await mustExist('the certificate file', origin.tls?.certFile);
    await mustExist('the key file', origin.tls?.keyFile);
  } else if (origin.type === 'local_process') {
    const { command, cwd = '', envFile = '' } = origin;
    const folder = isAbsolute(cwd) ? cwd : undefined;
    await mustExist('the folder', folder);
    await mustExist('the env file', absolutePath(folder, envFile));
    if (!(await hasProgram(command, folder, env))) {
      const text = `${name}: the program ${command} is not on the PATH of this shell, or not executable`;
      problems.push({ text, fix: `install ${command}, or ${fix}` });
    }
  }
  return problems;
}

const absolutePath = (folder: string | undefined, path: string): string | undefined => {
  if (path === '' || (folder === undefined && !isAbsolute(path))) return undefined;
  return resolve(folder ?? '/', path);
};

async function hasProgram(command: string, folder: string | undefined, env: CommandContext['env']): Promise<boolean> {
  if (command.includes('***')) return true;
  if (!isAbsolute(command) && !/[\\/]/.test(command)) return isOnPath(command, env);
  const path = absolutePath(folder, command);
  if (path === undefined) return true;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Compares the number of tools on `/mcp` with the limits of clients. */
export function contextDetail(found: SeenServices): string {
  if (found === undefined) return NOT_CHECKED;
  const count = found.items.reduce((sum, { interface: own }) => sum + (own?.tools ?? 0), 0);
  const exceeded = TOOL_LIMITS.filter(([, limit]) => count > limit);
  if (exceeded.length === 0) return `${String(count)} tools of services, within the limits of the known clients`;
  const clients = exceeded.map(([client, limit]) => `${client} (${String(limit)})`).join(', ');
  throw new CliError(`${String(count)} tools of services are more than the limit of ${clients}`, {
    hint: 'see the largest with `clarityctl cost`, and hide tools with spec.surface or denyTools: `clarityctl edit <service>`',
  });
}
