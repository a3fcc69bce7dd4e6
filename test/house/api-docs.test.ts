import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpServer, type HttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import { format, resolveConfig } from 'prettier';
import { readText, root } from './workspace-files.ts';

let runtime: Runtime;
let server: HttpServer;
let url: string;

beforeAll(async () => {
  const { version } = JSON.parse(await readText('lerna.json')) as { version: string };
  runtime = await createRuntime({}, { version });
  const workers = () => ({ live: 0, wedged: 0, waiting: 0 });
  server = createHttpServer(runtime, { host: '127.0.0.1', port: 0, workers });
  ({ url } = await server.listen());
});

afterAll(async () => {
  await server.close();
  await runtime.close();
});

/** After a change of the API or the metrics: `UPDATE_GENERATED=1 npm test -- test/house/api-docs`. */
async function generated(path: string, text: string): Promise<string> {
  const parser = path.endsWith('.md') ? 'markdown' : 'json';
  const formatted = await format(text, { ...(await resolveConfig(join(root, path))), parser });
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, path), formatted);
  return formatted;
}

test('docs/reference/openapi.json equals the document of the daemon', async () => {
  const path = 'docs/reference/openapi.json';
  const printed = await generated(path, await (await fetch(`${url}/api/openapi.json`)).text());
  expect(await readText(path)).toBe(printed);
});

test('the table of docs/reference/metrics.md equals the help of /metrics', async () => {
  const path = 'docs/reference/metrics.md';
  const text = await (await fetch(`${url}/metrics`)).text();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  const rows = [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(
    ([, name = '', help = '']) => `| \`${name}\` | ${types.get(name) ?? ''} | ${help} |`,
  );
  expect(rows.length).toBeGreaterThan(30);
  const table = ['| name | type | meaning |', '|---|---|---|', ...rows].join('\n');
  const edited = (await readText(path)).replace(/^\| name [^]*?\n(?!\|)/m, `${table}\n`);
  const printed = await generated(path, edited);
  expect(await readText(path)).toBe(printed);
});
