import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deriveServiceId, exposedToolName, normalizeNamespace, sha256Hex } from '@clarity-runtime/core/internal';

test('sha256Hex returns the same digest for a text and for its bytes', () => {
  const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256Hex('abc')).toBe(known);
  expect(sha256Hex(Uint8Array.of(97, 98, 99))).toBe(known);
});

test('deriveServiceId derives the id from source file, module and wasm path as earlier versions did', () => {
  const metadata = { sourceFile: '/x/missing.clarity', module: 'missing' };
  const origin = { type: 'local_wasm', wasmPath: '/x/missing.wasm', entry: 'mcp_main' } as const;
  const restartPolicy = { mode: 'never', maxRestarts: 0, windowSeconds: 60 } as const;
  const spec = { origin, enabled: true, autostart: true, policyRef: 'default', restartPolicy };
  expect(deriveServiceId({ metadata, spec })).toBe('svc_8bdeb166feef');
});

test.each([
  ['My Module/Name!', 'my_module_name'],
  ['My Plain!', 'my_plain'],
  ['!!!', 'service'],
  ['  ', 'service'],
  ['Héllo wörld-X', 'hello_world_x'],
  ['__a__b__', 'a__b'],
])('the namespace of %j is %s', (value, namespace) => {
  expect(normalizeNamespace(value)).toBe(namespace);
});

test('normalizeNamespace does not change its own result', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const once = normalizeNamespace(value);
      expect(once).toMatch(/^[a-z0-9][a-z0-9_]*$|^[a-z0-9]$/);
      expect(normalizeNamespace(once)).toBe(once);
    }),
  );
});

test('exposed names are valid for every client and distinct for distinct tools', () => {
  const name = fc.string({ minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      fc.pre(a !== b);
      const [x, y] = [exposedToolName('ns', a), exposedToolName('ns', b)];
      expect(x).toMatch(/^[A-Za-z0-9_-]{1,42}$/);
      expect(x).not.toBe(y);
    }),
  );
  expect(exposedToolName('calc', 'fn__add')).toBe('calc__fn__add');
});

test('M16 exposedToolName keeps head and tail of a name that is cut', () => {
  const start = 'azure_devops_repositories_pull_request_threads_';
  const names = ['create', 'resolve', 'delete'].map((verb) => exposedToolName('ado', `${start}${verb}`));
  for (const [at, verb] of ['create', 'resolve', 'delete'].entries()) {
    expect(names[at]).toMatch(new RegExp(`^ado__azure_devops_[0-9a-f]{6}_[a-z_]*${verb}$`));
    expect(names[at]).toHaveLength(42);
  }
});

test('M16 a name that is too long gets a shorter prefix when that keeps the name of the tool', () => {
  const names = ['performance_analyze_insight', 'take_screenshot'].map((tool) =>
    exposedToolName('chrome_devtools_extension', tool),
  );
  expect(names[0]).toMatch(/^chrome_[0-9a-f]{6}__performance_analyze_insight$/);
  expect(names[0]).toHaveLength(42);
  expect(names[1]).toBe('chrome_devtools_extension__take_screenshot');
  expect(exposedToolName('chrome_devtools_extension', 'x'.repeat(32))).toMatch(/^chrome_devtools_e_[0-9a-f]{6}_x{17}$/);
});

test('M16 law: names with long namespaces are valid and distinct, and a shorter prefix keeps the tool', () => {
  const namespace = fc.stringMatching(/^[a-z][a-z0-9_]{20,40}$/);
  const tool = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
  fc.assert(
    fc.property(fc.tuple(namespace, tool), fc.tuple(namespace, tool), (a, b) => {
      fc.pre(a.join('__') !== b.join('__'));
      const [x, y] = [exposedToolName(...a), exposedToolName(...b)];
      expect(x).toMatch(/^[A-Za-z0-9_-]{1,42}$/);
      expect(x).not.toBe(y);
      if (a[1].length <= 31) expect(x.endsWith(`__${a[1]}`)).toBe(true);
    }),
  );
});
