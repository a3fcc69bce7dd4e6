/** Runs one daemon with one injected fault and compares its responses with its files. */
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFsStore, trustFolders } from '../packages/adapter-store-fs/dist/index.js';
import { applyBody, MODULE, startDaemon } from './soak-kill-requests.mjs';

const REGISTRATIONS = 4;
const SEEDED = 'seeded';
const ANSWER_MS = 10_000;

/**
 * Runs the tracer as the grandchild, so that the child is the daemon. strace counts calls per thread: with one thread for
 * files the N-th call is the same in every run.
 */
const traced = (call, fault, n, trace) => {
  const action = fault.startsWith('SIG') ? `signal=${fault}` : `error=${fault}`;
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${action}:when=${String(n)}`];
  return ['strace', '-D', '-f', '-y', '-qq', '-E', 'UV_THREADPOOL_SIZE=1', '-o', trace, ...inject];
};

/** Resolves with a function that runs one round in a copy of a workspace with one service. */
export async function faultRounds(command, root) {
  const template = join(root, 'template');
  // A workspace in another folder, and without the record of its user, would not be trusted.
  const [live, wasm] = [join(root, 'live'), join(root, 'one.wasm')];
  const [folder, trustStore] = [join(live, 'round'), join(live, 'user')];
  const daemonOf = [...command, '--trust-store', trustStore];
  await mkdir(folder, { recursive: true });
  await writeFile(wasm, MODULE);
  const seeding = await startDaemon(daemonOf, folder);
  const seeded = await register(seeding.url, SEEDED);
  seeding.child.kill('SIGTERM');
  await seeding.exited;
  if (seeded?.status !== 200) throw new Error(`the first service was not registered: ${JSON.stringify(seeded)}`);
  await rename(live, template);

  async function register(url, name) {
    try {
      const signal = globalThis.AbortSignal.timeout(ANSWER_MS);
      const answer = await globalThis.fetch(`${url}/api/services/apply`, { ...applyBody(name, wasm), signal });
      return { status: answer.status, ...(await answer.json()) };
    } catch (error) {
      // A missing response promises nothing, but is valid only if the daemon has ended.
      return error.name === 'TimeoutError' ? { status: 0 } : undefined;
    }
  }

  return async function round(call, fault, n) {
    const trace = join(root, 'trace');
    await cp(template, live, { recursive: true });
    const problems = [];
    const answered = new Set([SEEDED]);
    let refused = 0;
    const refusedNames = new Set();
    const failed = async () => failedPaths(await readFile(trace, 'utf8').catch(() => ''));
    const daemon = await startDaemon([...traced(call, fault, n, trace), ...daemonOf], folder).catch((error) => {
      if (/no address|not ready/.test(String(error))) problems.push(`the daemon hangs: ${String(error)}`);
    });
    for (let i = 0; daemon !== undefined && i < REGISTRATIONS; i += 1) {
      const name = `service_${String(i)}`;
      const answer = await register(daemon.url, name);
      if (answer === undefined) break;
      if (answer.status === 0) problems.push(`${name} got no response`);
      else if (answer.status >= 500 && answer.code === 'INTERNAL')
        problems.push(`${name} got INTERNAL: ${answer.error}`);
      // A failed open can be an error of the caller, except for EMFILE.
      else if (answer.status >= 400 && answer.status < 500 && (call !== 'openat' || fault === 'EMFILE'))
        problems.push(`${name}: ${answer.code} is an error of the caller`);
      if (answer.status !== 200) {
        refused += 1;
        refusedNames.add(name);
      } else {
        answered.add(name);
      }
    }
    daemon?.child.kill('SIGKILL');
    const [, signal] = (await daemon?.exited) ?? [];
    const fired = fault.startsWith('SIG')
      ? daemon === undefined || refused + answered.size <= REGISTRATIONS
      : (await failed()).length > 0;
    if (fired && !fault.startsWith('SIG') && daemon !== undefined && signal !== 'SIGKILL')
      problems.push('the daemon ended');
    problems.push(...(await lookInto(folder, trustStore, answered, refusedNames)));
    const injected = problems.length === 0 ? '' : ` (injected into ${(await failed()).join(' and ')})`;
    await rm(live, { recursive: true });
    return {
      fired,
      answered: answered.size - 1,
      refused,
      started: daemon !== undefined,
      problems: problems.map((each) => each + injected),
    };
  };
}

/** Returns the files with injected failures in order. */
const failedPaths = (text) =>
  text.split('\n').flatMap((line) => (line.includes('(INJECTED)') ? [line.slice(line.indexOf('(') + 1)] : []));

/** Reads the workspace as the next start does. */
async function lookInto(folder, trustStore, answered, refused) {
  let workspace;
  try {
    workspace = await openFsStore({ root: folder, trustFolders: trustFolders({ environment: {}, trustStore }) });
    const { state } = workspace.trust;
    const held = (await workspace.registry.list('default')).items.map(({ value }) => value);
    const events = await workspace.telemetry.events('default', { limit: 10_000 });
    const audited = new Set(events.map(({ serviceId }) => serviceId));
    const lost = [...answered].filter((name) => !held.some(({ namespace }) => namespace === name));
    const unaudited = held.filter(({ namespace, serviceId }) => answered.has(namespace) && !audited.has(serviceId));
    return [
      ...(state.trusted ? [] : state.problems.map(({ file, reason }) => `the next start: ${file} is ${reason}`)),
      ...held
        .filter(({ namespace }) => refused.has(namespace))
        .map(({ namespace }) => `${namespace} was refused and is stored`),
      ...lost.map((name) => `${name} was confirmed and is missing`),
      ...unaudited.map(({ namespace }) => `${namespace} was confirmed and is not in the audit log`),
    ];
  } catch (error) {
    return [`the next start: ${String(error)}`];
  } finally {
    await workspace?.[Symbol.asyncDispose]();
  }
}
