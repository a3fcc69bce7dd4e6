import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './workspace.ts';

interface Row {
  readonly method: string;
  readonly path: string;
}

/** A proxy for every dependency of the route tables. The tests read the tables and never run a route. */
const anything: unknown = new Proxy(() => anything, { get: () => anything });

/** Returns the paths of all GET routes of the API, from its own tables. */
export async function getPaths(): Promise<readonly string[]> {
  const folder = join(repository, 'packages/adapter-http/src/api');
  const files = (await readdir(folder)).filter((name) => name.endsWith('-routes.ts'));
  const tables: Row[] = [];
  // Imports run in sequence, because jest links shared modules only once.
  for (const name of files) tables.push(...(await tablesOf(join(folder, name))));
  return [...new Set(tables.flatMap(({ method, path }) => (method === 'GET' ? [path] : [])))].sort();
}

async function tablesOf(file: string): Promise<readonly Row[]> {
  const exported = Object.entries((await import(file)) as Record<string, unknown>);
  const makers = exported.filter(([name, made]) => name.endsWith('Routes') && typeof made === 'function');
  if (makers.length === 0) throw new Error(`${file} exports no table of routes`);
  return makers.flatMap(([, make]) => (make as (...parts: unknown[]) => readonly Row[])(anything, anything, anything));
}
