import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A database server of this test. */
export interface PostgresServer {
  readonly port: number;
  /** Process id of the server; 0 for a server that this test did not start. */
  readonly pid: number;
  /** Creates a database and returns its URL. */
  database(): Promise<string>;
  /** Stops the server at once, as a crash does. */
  crash(): Promise<void>;
  /** Starts it again over the same files. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns the folder of the programs of PostgreSQL, the newest version first; undefined without them. */
export function postgresPrograms(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(root, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/**
 * The reason why this machine has no server for a suite; undefined if it has one. `own`: the suite stops its server.
 * @throws Error where `CLARITY_TEST_POSTGRES=required` forbids to skip a suite.
 */
export function missingServer({ own = false } = {}): string | undefined {
  if (postgresPrograms() !== undefined) return undefined;
  if (!own && process.env['CLARITY_TEST_POSTGRES_URL'] !== undefined) return undefined;
  const reason = `no PostgreSQL: install its server${own ? '' : ', or set CLARITY_TEST_POSTGRES_URL'}`;
  if (process.env['CLARITY_TEST_POSTGRES'] === 'required') throw new Error(reason);
  return reason;
}

/**
 * Starts a server in a temporary folder, as a user that is not root, because PostgreSQL refuses root. With
 * `CLARITY_TEST_POSTGRES_URL` it uses that server, unless the test stops it (`own`).
 */
export async function startPostgres({ own = false } = {}): Promise<PostgresServer> {
  const url = process.env['CLARITY_TEST_POSTGRES_URL'];
  if (url !== undefined && !own) return foreignServer(url);
  const bin = postgresPrograms();
  if (bin === undefined) throw new Error('no PostgreSQL');
  const owner = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'clarity-pg-'));
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid ?? owner.uid);
  const data = join(folder, 'data');
  const options = { ...owner, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
  const initdb = ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync'];
  execFileSync(join(bin, 'initdb'), initdb, { ...options, stdio: 'pipe' });
  const port = await freePort();
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    // Only a test that stops the server needs writes on disk.
    const sync = own ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
    const settings = [
      ...sync,
      `port=${String(port)}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
    ];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    child = spawn(join(bin, 'postgres'), args, { ...options, stdio: 'ignore' });
    await untilReady(port);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    port,
    get pid() {
      return child.pid ?? 0;
    },
    database: () => createDatabase(`postgres://postgres@127.0.0.1:${String(port)}/postgres`),
    crash: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let databases = 0;

async function createDatabase(url: string): Promise<string> {
  const name = `clarity_${String(process.pid)}_${String((databases += 1))}`;
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`create database ${name} template template0 encoding 'UTF8'`);
  await client.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

function foreignServer(url: string): PostgresServer {
  const refuse = (): Promise<void> =>
    Promise.reject(new Error('the server of CLARITY_TEST_POSTGRES_URL is not stopped'));
  const names: string[] = [];
  return {
    port: Number(new URL(url).port),
    pid: 0,
    database: async () => {
      const own = await createDatabase(url);
      names.push(new URL(own).pathname.slice(1));
      return own;
    },
    crash: refuse,
    start: refuse,
    stop: async () => {
      const client = new pg.Client(url);
      await client.connect();
      for (const name of names) await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
    },
  };
}

/** Returns a user without rights if this process is root. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string, name: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      continue;
    }
  }
  throw new Error('PostgreSQL needs a user that is not root');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

async function untilReady(port: number): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    const client = new pg.Client(`postgres://postgres@127.0.0.1:${String(port)}/postgres`);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await client.end().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error('the database server did not start');
}
