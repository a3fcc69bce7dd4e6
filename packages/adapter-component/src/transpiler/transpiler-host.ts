import { wasiImports } from '../wasi/wasi-imports.ts';

// The host of the transpiler, which is a component itself. `scripts/bundle-component.mjs` puts this module in the place of
// `@bytecodealliance/preview2-shim`, which would give it files, variables and sockets.

const names = [
  ...['environment', 'exit', 'stderr', 'stdin', 'stdout', 'terminal-input', 'terminal-output'].map(
    (name) => `cli/${name}`,
  ),
  ...['terminal-stderr', 'terminal-stdin', 'terminal-stdout'].map((name) => `cli/${name}`),
  ...['filesystem/preopens', 'filesystem/types', 'io/error', 'io/streams', 'random/random'],
].map((name) => `wasi:${name}`);

// Only its hash tables use random numbers.
const { imports } = wasiImports(names, { random: true }, () => undefined);
const member = (name: string): unknown => (imports as Readonly<Record<string, unknown>>)[`wasi:${name}`];

export const environment = member('cli/environment');
export const exit = member('cli/exit');
export const stderr = member('cli/stderr');
export const stdin = member('cli/stdin');
export const stdout = member('cli/stdout');
export const terminalInput = member('cli/terminal-input');
export const terminalOutput = member('cli/terminal-output');
export const terminalStderr = member('cli/terminal-stderr');
export const terminalStdin = member('cli/terminal-stdin');
export const terminalStdout = member('cli/terminal-stdout');
export const preopens = member('filesystem/preopens');
export const types = member('filesystem/types');
export const error = member('io/error');
export const streams = member('io/streams');
export const random = member('random/random');
