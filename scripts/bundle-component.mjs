/**
 * Bundles the programs of packages/adapter-component: the engine, which a worker of the WASM host loads, the thread of its requests, and the transpiler of
 * `@bytecodealliance/jco-transpile`, without its optimizer and its minifier, which take 93 MB and a native library.
 *
 *   node scripts/bundle-component.mjs
 */
import { Buffer } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { build } from 'esbuild';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const component = join(root, 'packages/adapter-component');
const source = (path) => join(component, 'src', path);
const target = (path) => join(component, 'dist', path);
const MAX_PAGES = 16_384;

/** The transpiler is a component: its host is the one of this package, with nothing granted. */
const ownHost = {
  name: 'own-host',
  setup: (plugins) => {
    plugins.onResolve({ filter: /^@bytecodealliance\/preview2-shim\// }, () => ({
      path: source('transpiler/transpiler-host.ts'),
    }));
  },
};

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  conditions: ['clarity-source'],
  minifyWhitespace: true,
  lineLimit: 200,
  metafile: true,
  logLevel: 'warning',
};

const built = await Promise.all([
  build({ ...options, entryPoints: [source('engine/main.ts')], format: 'cjs', outfile: target('engine/main.cjs') }),
  build({
    ...options,
    entryPoints: [source('network/egress-thread.ts')],
    format: 'cjs',
    outfile: target('network/egress-thread.cjs'),
  }),
  build({
    ...options,
    entryPoints: [source('transpiler/main.ts')],
    format: 'esm',
    outfile: target('transpiler/main.js'),
    plugins: [ownHost],
  }),
]);

const vendor = dirname(
  createRequire(join(component, 'package.json')).resolve('@bytecodealliance/jco-transpile/component'),
);
for (const name of ['core', 'core2'].map((part) => `js-component-bindgen-component.${part}.wasm`)) {
  await writeFile(target(`transpiler/${name}`), withMemoryLimit(await readFile(join(vendor, name))));
}
const inputs = [...new Set(built.flatMap(({ metafile }) => Object.keys(metafile.inputs)))];
await writeFile(target('third-party-notices.txt'), await thirdPartyNotices(root, inputs));

/** Returns a module whose memory cannot grow beyond a gigabyte, whatever it transpiles. */
function withMemoryLimit(module) {
  let at = 8;
  while (at < module.length) {
    const id = module[at];
    const [size, start] = readNumber(module, at + 1);
    if (id === 5) {
      const [count, first] = readNumber(module, start);
      const [least] = readNumber(module, first + 1);
      if (count !== 1) throw new Error('the transpiler has another number of memories than one');
      const section = [1, 1, ...writeNumber(least), ...writeNumber(MAX_PAGES)];
      const head = [5, ...writeNumber(section.length)];
      return Buffer.concat([module.subarray(0, at), Buffer.from([...head, ...section]), module.subarray(start + size)]);
    }
    at = start + size;
  }
  return module;
}

function readNumber(bytes, offset) {
  let value = 0;
  for (let at = offset, factor = 1; ; at += 1, factor *= 128) {
    value += (bytes[at] & 0x7f) * factor;
    if (bytes[at] < 0x80) return [value, at + 1];
  }
}

function writeNumber(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
