import { X509Certificate } from 'node:crypto';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { LocalProcessOrigin, Manifest } from '@clarity-runtime/core';
import { isLoopback } from '../api/loopback.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { isOnPath } from '../support/program-search.ts';
import { FoundProblems, type FoundProblem } from './doctor-findings.ts';
import { NOT_CHECKED, type SeenServices } from './doctor-services.ts';

const MAX_SERVICES = 200;
/** Days before the end of a certificate at which it is reported. */
const EXPIRY_MS = 14 * 24 * 60 * 60 * 1_000;
const MAX_CERTIFICATE_BYTES = 1024 * 1024;

/**
 * Checks the program, the folder, the files and the credentials that each enabled service names and that does not run: the
 * daemon may have another PATH than this shell, and a service that runs has what it needs. Certificates are checked for every
 * service. A path that is relative to the workspace of the daemon is not checked.
 * @throws FoundProblems with the cause of each service and the command for it.
 */
export async function launchDetail(session: CommandContext, found: SeenServices): Promise<string> {
  if (found === undefined) return NOT_CHECKED;
  const { api } = session;
  if (!isLoopback(api.daemonUrl)) return 'not checked: the daemon is on another machine';
  const problems: FoundProblem[] = [];
  const items = found.items.slice(0, MAX_SERVICES);
  const idle = items.filter(({ lifecycle }) => lifecycle !== 'RUNNING');
  for (const { serviceId, namespace, lifecycle } of items) {
    // A service that was removed meanwhile has no problem.
    const reply = await api.service(serviceId).catch(() => undefined);
    if (reply === undefined) continue;
    const { spec } = reply.service.manifest as unknown as Manifest;
    if (!spec.enabled) continue;
    const own = [...(await certificateProblems(namespace, spec))];
    if (lifecycle !== 'RUNNING') {
      own.push(
        ...(await problemsOf(session.env, namespace, spec)),
        ...(await credentialProblems(api, namespace, spec)),
      );
    }
    problems.push(...own.map((problem) => ({ service: namespace, ...problem })));
  }
  if (problems.length > 0) throw new FoundProblems(problems);
  return `the programs, files and credentials of ${String(idle.length)} services that do not run exist`;
}

/** Reports a certificate of a CA that has ended or ends soon. */
async function certificateProblems(name: string, { origin }: Manifest['spec']): Promise<readonly FoundProblem[]> {
  const file = origin.type === 'remote_mcp' ? origin.tls?.caFile : undefined;
  if (file === undefined || !isAbsolute(file)) return [];
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  if (size === 0 || size > MAX_CERTIFICATE_BYTES) return [];
  const fix = `\`clarityctl set ${name} ca=<file>\` with a certificate that is valid`;
  try {
    const { validTo } = new X509Certificate(await readFile(file));
    const left = Date.parse(validTo) - Date.now();
    if (left > EXPIRY_MS) return [];
    return [{ text: `${name}: the certificate in ${file} ${left < 0 ? 'ended' : 'ends'} on ${validTo}`, fix }];
  } catch {
    return [{ text: `${name}: ${file} is not a certificate in PEM form`, fix }];
  }
}

/** Reports references that the daemon cannot resolve: a secret that is not stored, a variable that is not set. */
async function credentialProblems(
  api: CommandContext['api'],
  name: string,
  { origin }: Manifest['spec'],
): Promise<readonly FoundProblem[]> {
  const problems: FoundProblem[] = [];
  for (const { reference, purpose, place } of referencesOf(origin)) {
    // A caller without the right to validate is told so by the check of the secrets.
    const reply = await api.validateAuth(reference, { purpose, service: name }).catch(() => undefined);
    if (reply === undefined || reply.valid) continue;
    const set = place === undefined ? `\`clarityctl edit ${name}\`` : `\`clarityctl set ${name} ${place}=@-\``;
    problems.push({
      text: `${name}: ${reference} of ${place ?? 'its credential'}: ${reply.issues.join(', ')}`,
      fix: reference.startsWith('file:') ? `\`clarityctl auth set-secret ${reference} -\`` : set,
    });
  }
  return problems;
}

interface NamedReference {
  readonly reference: string;
  readonly purpose: 'env' | 'header' | 'query';
  /** Key of `clarityctl set`. */
  readonly place?: string;
}

function referencesOf(origin: Manifest['spec']['origin']): readonly NamedReference[] {
  const isRemote = origin.type === 'remote_mcp';
  const parts = isRemote
    ? ([
        ['header', origin.headers],
        ['query', origin.query],
      ] as const)
    : ([['env', (origin as LocalProcessOrigin).env]] as const);
  const own =
    isRemote && origin.authRef !== undefined ? [{ reference: origin.authRef, purpose: 'header' as const }] : [];
  return [
    ...own,
    ...parts.flatMap(([part, entries = []]) =>
      entries.flatMap(({ name, secretRef }) =>
        secretRef === undefined ? [] : [{ reference: secretRef, purpose: part, place: `${part}.${name}` }],
      ),
    ),
  ];
}

async function problemsOf(
  env: CommandContext['env'],
  name: string,
  { origin }: Manifest['spec'],
): Promise<readonly FoundProblem[]> {
  const problems: FoundProblem[] = [];
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
