import { spawn } from 'node:child_process';
import process from 'node:process';

/** Runs a program to its end; rejects with all that it said when it fails. */
export async function run(program, argv, { cwd, env = {} }) {
  const child = start(program, argv, { cwd, env });
  const { exitCode, signal, said } = await child.ended;
  if (exitCode !== 0) throw new Error(`${program} ${argv.join(' ')} ended with ${exitCode ?? signal}:\n${said}`);
  return said;
}

/** A program that goes on: `says` waits for a word of it, `ended` for its end. */
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
      ended.then(() => reject(new Error(`${program} ended and never said ${pattern}:\n${said}`)), reject);
    });
  return { says, ended, kill: (signal) => child.kill(signal) };
}

/** No setting of whoever runs this reaches the programs, and npm's own of the repository neither. */
const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CLARITY|NODE_OPTIONS$|npm_)/.test(name)));
