import { describe, expect, test } from '@jest/globals';
import { parseManifest } from '../../src/validation/index.ts';
import { manifestSchema } from '../../src/validation/manifest-schema.ts';
import { changed, refusal } from './refusal.ts';

const local = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: '/src/a.clarity', module: 'a' },
  spec: {
    origin: { type: 'local_wasm', wasmPath: '/src/a.wasm', entry: 'mcp_main' },
    enabled: true,
    autostart: true,
    restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
    policyRef: 'default',
  },
};
const remote = changed(local, 'spec.origin', {
  type: 'remote_mcp',
  endpoint: 'https://tools.example/mcp',
  transport: 'streamable_http',
});

const said = (input: object, path: string, value: unknown): string => refusal(changed(input, path, value)).message;

test.each([null, 'text', 7, [], undefined, () => 1])('U37 parseManifest rejects %p', (input) => {
  expect(refusal(input).message).toBe('invalid manifest: expected object');
});

test.each([
  ['apiVersion', 'clarity.runtime/v2', "apiVersion must be 'clarity.runtime/v1'"],
  ['kind', undefined, "kind must be 'MCPService'"],
  ['metadata', undefined, 'metadata is required'],
  ['metadata.sourceFile', '', 'metadata.sourceFile must be a non-empty string'],
  ['metadata.module', undefined, 'metadata.module must be a non-empty string'],
  ['metadata.artifactSha256', 'AB', 'metadata.artifactSha256 must be 64 lower-case hex digits'],
  ['metadata.createdAt', '2026-13-01T00:00:00Z', 'metadata.createdAt must be an ISO 8601 time with its offset'],
  ['metadata.serviceType', 'robot', 'metadata.serviceType must be mcp | agent'],
  ['spec', undefined, 'spec is required'],
  ['spec.enabled', 'yes', 'spec.enabled must be a boolean'],
  ['spec.restartPolicy', undefined, 'spec.restartPolicy is required'],
  ['spec.restartPolicy.mode', 'sometimes', 'spec.restartPolicy.mode must be never | on-failure | always'],
  ['spec.restartPolicy.maxRestarts', 1.5, 'spec.restartPolicy.maxRestarts must be an integer from 0 to 100'],
  ['spec.origin', undefined, 'spec.origin is required'],
  ['spec.origin.type', 'evil', 'spec.origin.type must be local_wasm | remote_mcp | local_process'],
  ['spec.origin.args', 'x', 'spec.origin.args must be a list'],
  ['spec.origin.args', [1], 'spec.origin.args[0] must be a non-empty string'],
  ['spec.origin.env', [{ name: '1A' }], 'spec.origin.env[0].name must be the name of an environment variable'],
  ['spec.origin.wasmPath', 'a\0b', 'spec.origin.wasmPath must be text without control characters'],
])('[contract.validated] U37 %s = %p: %s', (path, value, message) => {
  expect(said(local, path, value)).toBe(`invalid manifest: ${message}`);
});

test('[contract.api-version] another kind of document is rejected before any other problem', () => {
  expect(refusal({ ...local, apiVersion: 'clarity.runtime/v2', extra: 1 }).field).toBe('apiVersion');
  expect(refusal({ kind: 'Policy', apiVersion: 'clarity.runtime/v1', rules: [] }).field).toBe('kind');
});

describe('U34 limits', () => {
  test.each([
    ['spec.origin.timeoutMs', 100, 120_000, remote],
    ['spec.origin.maxPayloadBytes', 1024, 10_485_760, remote],
    ['spec.origin.maxConcurrency', 1, 256, remote],
    ['spec.origin.timeoutMs', 10, 600_000, local],
    ['spec.origin.maxMemoryBytes', 65_536, 1_073_741_824, local],
    ['spec.restartPolicy.maxRestarts', 0, 100, local],
    ['spec.restartPolicy.windowSeconds', 1, 3600, local],
  ])('%s is from %i to %i', (path, least, most, base) => {
    for (const value of [least, most]) expect(parseManifest(changed(base, path, value))).toBeDefined();
    for (const value of [least - 1, most + 1, 1e12]) {
      expect(said(base, path, value)).toBe(
        `invalid manifest: ${path} must be an integer from ${String(least)} to ${String(most)}`,
      );
    }
  });

  test.each([
    ['metadata.sourceFile', 4096, local],
    ['metadata.module', 128, local],
    ['metadata.displayName', 80, local],
    ['metadata.version', 64, local],
    ['spec.toolNamespace', 64, local],
    ['spec.policyRef', 128, local],
    ['spec.origin.wasmPath', 4096, local],
    ['spec.origin.entry', 128, local],
    ['spec.origin.authRef', 512, remote],
  ])('%s has at most %i characters', (path, most, base) => {
    expect(parseManifest(changed(base, path, '\u{1F600}'.repeat(most)))).toBeDefined();
    const message = `invalid manifest: ${path} must be at most ${String(most)} characters long`;
    expect(said(base, path, 'x'.repeat(most + 1))).toBe(message);
    expect(said(base, path, '\u001b[2J')).toContain('without control characters');
  });
});

test.each(['../../x', '__proto__', '', '<script>', 'svc_ABCDEF012345', 'a'.repeat(1 << 20)])(
  'U35 parseManifest rejects the service id %.20s',
  (serviceId) => {
    expect(refusal(changed(local, 'metadata.serviceId', serviceId)).field).toBe('metadata.serviceId');
  },
);

test('U35 a service id that differs from the derived one is rejected with the derived one', () => {
  const refused = refusal(changed(local, 'metadata.serviceId', 'svc_000000000000'));
  expect(refused.message).toMatch(/^invalid manifest: metadata\.serviceId must be 'svc_[a-f0-9]{12}'$/);
});

test('U36 a misspelled field is rejected with the closest name, another one with the list', () => {
  expect(refusal(changed(local, 'spec.toolNameSpace', 'x')).hint).toBe("did you mean 'spec.toolNamespace'?");
  const misspelt = changed(changed(local, 'spec.enabled', undefined), 'spec.enbled', true);
  expect(refusal(misspelt)).toMatchObject({ field: 'spec.enbled', hint: "did you mean 'spec.enabled'?" });
  expect(refusal(changed(local, 'spec.origin.time_out_ms', 1)).hint).toBe("did you mean 'spec.origin.timeoutMs'?");
  expect(refusal(changed(local, 'spec.restartPolicy.zz', 1)).hint).toBe(
    'remove it; the fields here are mode, maxRestarts, windowSeconds',
  );
});

test('U36 endless names and texts are rejected with a short message', () => {
  expect(refusal(changed(local, 'metadata.displayName', 'x'.repeat(100_000))).field).toBe('metadata.displayName');
  expect(said(local, `metadata.${'\u001b]52;c;x\u0007'.repeat(1000)}`, 1)).toMatch(/^[ -~]{1,200}$/);
  expect(refusal({ ...local, extra: Array.from({ length: 20_000 }, () => 0) }).message).toContain('more values');
});

describe('P20 member names with a meaning in JavaScript are rejected', () => {
  test.each([
    ['{"__proto__":{"polluted":1}}', '__proto__'],
    ['{"metadata":{"__proto__":{"module":"x"}}}', 'metadata.__proto__'],
    ['{"spec":{"constructor":{"prototype":{"polluted":1}}}}', 'spec.constructor'],
  ])('%s', (json, field) => {
    const refused = refusal({ ...local, ...(JSON.parse(json) as object), ...JSON.parse(`{"x":${json}}`) });
    expect(refused.message).toMatch(/unknown field '(x\.)?/);
    expect(refusal(JSON.parse(json)).field).toBe(field);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('endpoints', () => {
  test.each([
    'file:///etc/passwd',
    'gopher://x/',
    'ftp://x/',
    'data:,x',
    'javascript:1',
    'ws://x/',
    'http:x',
    'http://[',
    '//x',
  ])('F11 the endpoint %s is rejected', (endpoint) => {
    expect(said(remote, 'spec.origin.endpoint', endpoint)).toBe(
      'invalid manifest: spec.origin.endpoint must be a valid http(s) URL',
    );
  });

  test.each(['http://user:hunter2@127.0.0.1/', 'http://:hunter2@127.0.0.1/', 'https://hunter2@tools.example'])(
    'F12 credentials in a URL are rejected and never repeated: %#',
    (endpoint) => {
      const refused = refusal(changed(remote, 'spec.origin.endpoint', endpoint));
      expect(refused).toMatchObject({ field: 'spec.origin.endpoint', hint: expect.stringContaining('authRef') });
      expect(JSON.stringify(refused)).not.toContain('hunter2');
    },
  );
});

describe('A13 references to credentials of the runtime are rejected', () => {
  test.each([
    'env:CLARITYD_AUTH_TOKEN',
    'ENV: clarityd_auth_token ',
    'env:CLARITY_API_TOKEN',
    'env:CLARITY_REMOTE_AUTH_TOKEN_X',
    'env:CLARITY_REMOTE_AUTH_FILE_ROOT',
    'header_env:X:CLARITYD_AUTH_TOKEN',
    'header_env: X-Key : CLARITY_API_TOKEN',
  ])('%s', (reference) => {
    expect(refusal(changed(remote, 'spec.origin.authRef', reference)).field).toBe('spec.origin.authRef');
    const env = [
      { name: 'A', value: '' },
      { name: 'B', secretRef: reference },
    ];
    expect(refusal(changed(local, 'spec.origin.env', env)).field).toBe('spec.origin.env[1].secretRef');
  });

  test.each([
    'env:UPSTREAM_KEY',
    'env:CLARITY_REMOTE_AUTH_GITHUB',
    'header_env:X-Key:UPSTREAM_KEY',
    'file:token',
    'token',
  ])('%s is accepted', (reference) => {
    expect(parseManifest(changed(remote, 'spec.origin.authRef', reference))).toBeDefined();
  });
});

test('a variable with both value and secretRef is rejected', () => {
  expect(said(local, 'spec.origin.env', [{ name: 'A', value: '1', secretRef: 'x' }])).toBe(
    'invalid manifest: spec.origin.env[0] must have either value or secretRef, not both',
  );
});

test('parseManifest returns a frozen copy that does not depend on its input', () => {
  const input = structuredClone(local);
  const parsed = parseManifest(input);
  input.metadata.module = 'b';
  expect(parsed.metadata.module).toBe('a');
  expect(() => {
    (parsed.metadata as { module: string }).module = 'c';
  }).toThrow(TypeError);
});

test('T-275 every duration in a manifest fits a timer', () => {
  const times = JSON.stringify(manifestSchema).matchAll(
    /"((?!cpu)\w+)(Ms|Seconds)":\{"type":"integer","minimum":\d+,"maximum":(\d+)\}/g,
  );
  const longest = [...times].map(([, , unit, most]) => Number(most) * (unit === 'Ms' ? 1 : 1000));
  expect(longest).toHaveLength(12);
  expect(Math.max(...longest)).toBeLessThan(2 ** 31);
});

test('P17 parseManifest rejects deep nesting before validation', () => {
  const deep = JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)) as object;
  expect(refusal(deep).message).toMatch(/^invalid manifest: a(\.a)+ is nested too deeply$/);
});

test('parseManifest rejects objects that are not plain data, also with getters and proxies', () => {
  const cyclic: Record<string, unknown> = { ...local };
  cyclic['spec'] = cyclic;
  const throwing = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new TypeError('secret');
      },
    },
  );
  const laughs = Array.from({ length: 12 }).reduce<unknown>((below) => Array.from({ length: 12 }, () => below), 1);
  for (const input of [cyclic, throwing, { ...local, metadata: new Date() }, { ...local, spec: laughs }]) {
    expect(refusal(input).message).not.toContain('secret');
  }
});
