/**
 * Builds `packages/adapter-component/test/fixtures/words.wasm.br`, a component from JavaScript, and records its sources, its builder
 * and the output of `@bytecodealliance/jco` for it in `words.json`. The tests compare with this record, because both packages
 * take more than 300 MB.
 *
 *   npm install --prefix <folder> @bytecodealliance/componentize-js@0.23.0 @bytecodealliance/jco@1.35.0
 *   node scripts/build-component-fixture.mjs <folder>
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const [folder = '.'] = process.argv.slice(2);
const fixture = (name) =>
  join(fileURLToPath(new URL('../packages/adapter-component/test/fixtures', import.meta.url)), name);
const imported = (path) => import(pathToFileURL(join(resolve(folder), 'node_modules', path)).href);
const versionOf = async (name) =>
  JSON.parse(await readFile(join(resolve(folder), 'node_modules', name, 'package.json'), 'utf8')).version;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const { componentize } = await imported('@bytecodealliance/componentize-js/src/componentize.js');
const { component } = await componentize(await readFile(fixture('words.js'), 'utf8'), {
  witWorld: await readFile(fixture('words.wit'), 'utf8'),
  worldName: 'words',
  disableFeatures: ['stdio', 'random', 'clocks', 'http', 'fetch-event'],
});

const { transpile } = await imported('@bytecodealliance/jco/dist/api.js');
const { files } = await transpile(component, {
  name: 'component',
  instantiation: 'sync',
  emitTypescriptDeclarations: false,
  nodejsCompat: false,
  noComponentErrorWrapping: false,
});

// The results of jco, run directly.
const code = Buffer.from(files['component.js']).toString('base64');
const { instantiate } = await import(`data:text/javascript;base64,${code}`);
const exported = instantiate((name) => new globalThis.WebAssembly.Module(files[name]), {});
const results = {
  summarize: exported.summarize('one three  two'),
  reverse: exported.reverse(['a', '\u00e9', '\u{1f600}']),
  multiply: exported.multiply(-6, 7),
};

await writeFile(
  fixture('words.wasm.br'),
  brotliCompressSync(component, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }),
);
const record = {
  builder: `@bytecodealliance/componentize-js ${await versionOf('@bytecodealliance/componentize-js')}`,
  sources: {
    'words.js': sha256(await readFile(fixture('words.js'))),
    'words.wit': sha256(await readFile(fixture('words.wit'))),
  },
  component: sha256(component),
  jco: `@bytecodealliance/jco ${await versionOf('@bytecodealliance/jco')}`,
  transpiled: Object.fromEntries(
    Object.entries(files)
      .map(([name, bytes]) => [name, sha256(bytes)])
      .sort(),
  ),
  results,
};
await writeFile(fixture('words.json'), `${JSON.stringify(record, undefined, 2)}\n`);
