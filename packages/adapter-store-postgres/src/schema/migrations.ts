import { readdir, readFile } from 'node:fs/promises';

/** One numbered step of the schema. Steps only add: the version before it still runs. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Lowest version of the program that reads, and that writes, after this step. */
  readonly minReader: number;
  readonly minWriter: number;
  readonly sql: string;
}

const FOLDER = new URL('../../sql/', import.meta.url);
const HEAD = /^-- reader (\d+) writer (\d+)\n/;

/** Returns the steps of this version in their order, for a schema. */
export async function migrations(schema: string): Promise<readonly Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      const head = HEAD.exec(text);
      if (head === null) throw new Error(`${name}: no versions in its first line`);
      return {
        version: Number(name.slice(0, 4)),
        name,
        minReader: Number(head[1]),
        minWriter: Number(head[2]),
        sql: text.replaceAll('{schema}', schema),
      };
    }),
  );
}
