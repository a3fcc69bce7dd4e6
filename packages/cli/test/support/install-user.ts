import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeDaemon } from './fake-daemon.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A registry with these servers, and files below `/files/`. */
export async function fakeRegistry(
  servers: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, Buffer>> = {},
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const [, name, version] = /^\/v0\.1\/servers\/([^/]+)\/versions\/(.+)$/.exec(url) ?? [];
    const found = name === undefined ? undefined : servers[`${decodeURIComponent(name)}@${version ?? ''}`];
    const file = files[url.replace('/files/', '')];
    response.statusCode = found === undefined && file === undefined ? 404 : 200;
    response.end(file ?? JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: `http://127.0.0.1:${String(port)}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** A user with a daemon of fake services, and no program on the PATH. */
export async function installUser(registryUrl = 'http://127.0.0.1:1') {
  const folder = await temporaryFolder();
  const daemon = await fakeDaemon();
  const cwd = join(folder.path, 'work');
  await mkdir(cwd);
  const write = async (name: string, value: unknown): Promise<string> => {
    await writeFile(join(cwd, name), Buffer.isBuffer(value) ? value : JSON.stringify(value));
    return name;
  };
  return {
    ...{ cwd, daemon, write },
    ctl: async (...argv: string[]) => {
      const ran = await daemon.ctl(argv, { cwd, env: { CLARITY_REGISTRY_URL: registryUrl, PATH: '/nowhere' } });
      return { ...ran, json: (ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : {}) as Record<string, never> };
    },
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
