import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { run, start } from './processes.mjs';

/** Our packages are only in this registry; all others come from the registry that npm uses here. */
const configOf = (uplink) => `
storage: ./storage
auth: { htpasswd: { file: ./htpasswd, max_users: -1 } }
uplinks: { npm: { url: '${uplink}', cache: false } }
packages:
  '@clarity-runtime/*': { access: $all, publish: $all }
  'clarity-runtime': { access: $all, publish: $all }
  '**': { access: $all, proxy: npm }
log: { type: stdout, format: pretty, level: error }
`;

/** Starts a registry on a free loopback port. Returns the environment of npm for it, and its end. */
export async function startRegistry(tools, folder) {
  mkdirSync(folder);
  const uplink = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  writeFileSync(join(folder, 'config.yaml'), configOf(uplink));
  const address = `127.0.0.1:${await freePort()}`;
  const program = join(tools, 'node_modules/verdaccio/bin/verdaccio');
  const server = start(process.execPath, [program, '--config', join(folder, 'config.yaml'), '--listen', address], {
    cwd: folder,
  });
  const url = `http://${address}/`;
  await answers(`${url}-/ping`, server.ended);
  const env = { npm_config_registry: url, [`npm_config_//${address}/:_authToken`]: 'none' };
  return {
    env,
    end: async () => {
      server.kill('SIGTERM');
      await server.ended;
    },
  };
}

/** Lets lerna do everything but the upload, in a clone: it publishes each package that the registry does not have. */
export async function lernaPublishes(root, folder, { env, names }) {
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, folder]);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const room of readdirSync(join(root, 'packages'))) {
    const built = join(root, 'packages', room, 'dist');
    if (existsSync(built)) cpSync(built, join(folder, 'packages', room, 'dist'), { recursive: true });
  }
  const lerna = join(root, 'node_modules/lerna/dist/cli.js');
  const argv = [lerna, 'publish', 'from-package', '--yes', '--no-verify-access', '--loglevel=info'];
  const said = await run(process.execPath, argv, { cwd: folder, env: { ...env, npm_config_dry_run: 'true' } });
  const published = names.filter((name) => said.includes(`${name}@`) || said.includes(` - ${name} => `));
  assert.deepEqual(published, names, said);
}

export const publishAll = async (tarballs, { cwd, env }) => {
  for (const tarball of tarballs) await run('npm', ['publish', tarball, '--loglevel=error'], { cwd, env });
};

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Waits until the registry answers, or rejects when its process ends. */
async function answers(url, ended) {
  const gone = ended.then(({ said }) => Promise.reject(new Error(`the registry ended:\n${said}`)));
  gone.catch(() => undefined);
  for (;;) {
    const response = await Promise.race([globalThis.fetch(url).catch(() => undefined), gone]);
    if (response?.ok === true) return;
    await Promise.race([new Promise((resolve) => globalThis.setTimeout(resolve, 100)), gone]);
  }
}
