import type { Manifest } from './manifest.ts';

/** Limits of one start in milliseconds. */
export interface StartLimits {
  /** Time without a byte of the service. */
  readonly idleMs: number;
  /** Time until the interface is read, with or without signs of life. */
  readonly maxMs: number;
}

/** Start limits of an origin whose manifest sets none. */
export const DEFAULT_START_LIMITS: StartLimits = { idleMs: 30_000, maxMs: 60_000 };
/** A package runner may download the program first. */
const RUNNER_START_LIMITS: StartLimits = { idleMs: 120_000, maxMs: 300_000 };

/** Programs that install a package before they run it. */
const RUNNERS = new Set(['npx', 'uvx', 'pnpx', 'bunx', 'pipx', 'dnx', 'docker', 'podman']);
/** Package managers that do so with one of these subcommands. */
const RUNNER_COMMANDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['npm', new Set(['exec', 'x', 'run', 'start', 'create', 'init'])],
  ['pnpm', new Set(['dlx', 'exec', 'run', 'start', 'create'])],
  ['yarn', new Set(['dlx', 'exec', 'run', 'start', 'create'])],
  ['bun', new Set(['x', 'run'])],
  ['uv', new Set(['run', 'tool'])],
  ['deno', new Set(['run', 'task'])],
  ['dotnet', new Set(['run', 'tool'])],
  ['nix', new Set(['run', 'shell'])],
]);

/** Returns the name of a program without its folder and without the extension of a Windows program, in lower case. */
export const programName = (command: string): string =>
  (command.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(exe|cmd|bat|ps1)$/, '');

/** Returns whether the start may install a package: `npx`, `uvx`, `docker run` and programs like them. */
export function isPackageRunner({ spec: { origin } }: Pick<Manifest, 'spec'>): boolean {
  if (origin.type !== 'local_process') return false;
  const name = programName(origin.command);
  if (RUNNERS.has(name)) return true;
  const subcommand = origin.args?.find((argument) => !argument.startsWith('-'));
  return subcommand !== undefined && RUNNER_COMMANDS.get(name)?.has(subcommand) === true;
}

/**
 * Returns the limits of a start: those of `spec.start`, else those of a package runner, else `fallback`. A limit of the
 * manifest raises or lowers the other default, so that the idle limit never exceeds the total.
 */
export function startLimits(manifest: Pick<Manifest, 'spec'>, fallback = DEFAULT_START_LIMITS): StartLimits {
  const { idleMs, maxMs } = manifest.spec.start ?? {};
  const usual = isPackageRunner(manifest) ? RUNNER_START_LIMITS : fallback;
  const total = maxMs ?? Math.max(usual.maxMs, idleMs ?? 0);
  return { idleMs: Math.min(idleMs ?? usual.idleMs, total), maxMs: total };
}

/** Returns a manifest whose limit does not shorten the first start of a package runner: it was given for an installed program. */
export function withInstallTime(manifest: Manifest): Manifest {
  const { start, ...spec } = manifest.spec;
  if (start?.maxMs === undefined || !isPackageRunner(manifest)) return manifest;
  return startLimits({ spec }).maxMs <= start.maxMs ? manifest : { ...manifest, spec };
}
