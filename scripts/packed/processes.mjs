import { spawn } from 'node:child_process';
import process from 'node:process';

/** Runs a program to its end. Rejects with its complete output when it fails. */
export async function run(program, argv, { cwd, env = {} }) {
  const child = start(program, argv, { cwd, env });
  const { exitCode, signal, said } = await child.ended;
  if (exitCode !== 0) throw new Error(`${program} ${argv.join(' ')} ended with ${exitCode ?? signal}:\n${said}`);
  return said;
}

/** Starts a program in the background. `says` waits for a pattern in its output, `ended` for its exit. */
export function start(program, argv, { cwd, env = {} }) {
  const child = spawn(program, argv, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listeners = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      said += bytes.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, said }));
  });
  const says = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(said);
        if (found !== null) resolve(found);
      };
      listeners.add(look);
      look();
      ended.then(() => reject(new Error(`${program} exited without printing ${pattern}:\n${said}`)), reject);
    });
  return { says, ended, kill: (signal) => child.kill(signal) };
}

/** Environment of the programs, without settings of the user and of npm. */
const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CLARITY|NODE_OPTIONS$|npm_)/.test(name)));
