import { rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedCaller } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FILE = `
version: 1
name: laptop
policies:
  careful: { denyTools: [drop] }
services:
  mem:
    command: [npx, -y, "@acme/memory"]
    env: { LOG: info, KEY: canary-4711 }
    policyRef: careful
    surface: { prefix: m }
  far: { url: https://mcp.example.com/mcp }
  bills: { source: ./bills.clarity }
`;

/** A daemon and a folder with a clarity.yaml. */
async function declared(text = FILE) {
  const folder = await temporaryFolder();
  const daemon = await fakeDaemon();
  const file = join(folder.path, 'clarity.yaml');
  await writeFile(file, text);
  await writeFile(join(folder.path, 'bills.clarity'), 'module bills\nfunction add(a: Int64) -> Int64 { a }\n');
  return {
    ...{ daemon, file, folder: folder.path },
    ctl: (...argv: string[]) => daemon.ctl(argv, { cwd: folder.path }),
    names: () => daemon.runtime.services.list(embeddedCaller).map(({ service: { namespace } }) => namespace),
    write: (other: string) => writeFile(file, other),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const stepsOf = (stdout: string): readonly string[] =>
  (JSON.parse(stdout) as { steps: { action: string; name: string }[] }).steps.map(
    ({ action, name }) => `${action} ${name}`,
  );

test('[first-hour.38] plan shows each step with exit code 5, apply makes them, and the next plan is empty', async () => {
  await using user = await declared();
  const planned = await user.ctl('plan', '--exit-code');
  expect(planned.exitCode).toBe(5);
  expect(stepsOf(planned.stdout)).toEqual(['add careful', 'add mem', 'add far', 'add bills']);
  expect(user.names()).toEqual([]);
  expect(await user.ctl('apply', '-f', 'clarity.yaml')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--yes'),
  });
  const applied = await user.ctl('apply', '-f', 'clarity.yaml', '--yes');
  expect([applied.exitCode, applied.stderr]).toEqual([0, '']);
  expect(user.names()).toEqual(['bills', 'far', 'mem']);
  const again = await user.ctl('plan', '--exit-code');
  expect([again.exitCode, stepsOf(again.stdout).filter((step) => !step.startsWith('none'))]).toEqual([0, []]);
});

test('a changed value, command and policy are a change, a replacement and a change, with hidden values', async () => {
  await using user = await declared();
  await user.ctl('apply', '-f', 'clarity.yaml', '--yes');
  await user.write(FILE.replace('canary-4711', 'canary-4712').replace('drop', 'delete').replace('/mcp }', '/v2 }'));
  const { stdout } = await user.ctl('plan');
  expect(stepsOf(stdout)).toEqual(['change careful', 'change mem', 'replace far', 'none bills']);
  expect(stdout).not.toContain('canary');
  const before = user.daemon.runtime.services.list(embeddedCaller).find(({ service }) => service.namespace === 'far');
  expect((await user.ctl('apply', '-f', 'clarity.yaml', '--yes')).exitCode).toBe(0);
  const { service } = user.daemon.runtime.services.get(embeddedCaller, before?.service.serviceId ?? '');
  expect(service.manifest.spec.origin).toMatchObject({ endpoint: 'https://mcp.example.com/v2' });
  expect(stepsOf((await user.ctl('plan')).stdout).every((step) => step.startsWith('none'))).toBe(true);
});

test('--prune removes services of the owner only, and a service of another owner is a conflict', async () => {
  await using user = await declared();
  await user.ctl('apply', '-f', 'clarity.yaml', '--yes');
  await user.ctl('add', 'own', '--', 'node', 'own.mjs');
  await user.write(
    'version: 1\nname: laptop\nservices:\n  far: { url: https://mcp.example.com/mcp }\n  own: { command: other }\n',
  );
  const pruned = await user.ctl('apply', '-f', 'clarity.yaml', '--prune', '--yes');
  expect([pruned.exitCode, user.names()]).toEqual([1, ['far', 'own']]);
  expect(pruned.stderr).toContain('own: it belongs to no owner');
  expect((await user.ctl('apply', '-f', 'clarity.yaml', '--adopt', '--yes')).exitCode).toBe(0);
  await user.write('version: 1\nservices: {}\n');
  expect(await user.ctl('plan', '--prune')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('name: <owner>'),
  });
});

test('the output of export -o yaml is a plan without changes', async () => {
  await using user = await declared();
  await user.ctl('apply', '-f', 'clarity.yaml', '--yes');
  await user.ctl(
    'add',
    'more',
    '--max-memory',
    '64m',
    '--keep-plain',
    'K',
    '--env',
    'K=canary-4711',
    '--',
    'node',
    'x',
  );
  const { stdout } = await user.ctl('export', '-o', 'yaml');
  expect(stdout).toContain('prefix: m');
  expect(stdout).toContain('careful:');
  expect(stdout).not.toContain('canary');
  await writeFile(join(user.folder, 'all.yaml'), stdout);
  const planned = await user.ctl('plan', '-f', 'all.yaml', '--exit-code');
  expect([planned.stderr, planned.exitCode]).toEqual(['', 0]);
  expect((await user.ctl('apply', '-f', 'all.yaml', '--yes')).exitCode).toBe(0);
  expect((await user.ctl('export', '-o', 'yaml')).stdout).toBe(stdout);
});

test('[first-hour.39] T-487 apply --watch keeps the state while the file is broken, and applies it once when it is repaired', async () => {
  await using user = await declared('version: 1\nservices: { a: { command: one } }\n');
  const ended = new AbortController();
  const running = user.daemon.ctl(['apply', '-f', 'clarity.yaml', '--watch', '--yes'], {
    cwd: user.folder,
    columns: 80,
    unread: ended.signal,
  });
  const until = async (isDone: () => boolean): Promise<void> => {
    for (let at = 0; at < 600 && !isDone(); at += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isDone()).toBe(true);
  };
  await until(() => user.names().length === 1 && user.daemon.written().includes('watching clarity.yaml'));
  await user.write('version: 1\nservices: [\n');
  await until(() => user.daemon.written().includes('not valid YAML'));
  expect(user.names()).toEqual(['a']);
  await writeFile(`${user.file}.new`, 'version: 1\nservices: { a: { command: one }, b: { command: two } }\n');
  await rename(`${user.file}.new`, user.file);
  await until(() => user.names().length === 2);
  ended.abort();
  const { stdout, stderr } = await running;
  expect(stdout.match(/\+ add b/g)).toHaveLength(1);
  expect(stderr.match(/not valid YAML/g)).toHaveLength(1);
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((name, at) => {
    const old = 'abcdefgh'[at] ?? 'a';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${old}`).join(', ')}]`;
  }),
].join('\n');

test.each([
  ['an alias bomb', bomb, 'too many aliases'],
  ['a deep text', `version: 1\nservices: ${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'resource exhaustion'],
  ['a large text', `# ${'x'.repeat(1_100_000)}`, 'larger than 1048576 bytes'],
  ['a key twice', 'version: 1\nversion: 1\n', 'not valid YAML'],
  ['another type', 'version: 1\nservices: { a: { command: [1] } }\n', 'services.a'],
  ['an unknown member', 'version: 1\nservice: {}\n', 'service'],
  ['a later version', 'version: 2\n', 'version'],
  ['a name of an object', 'version: 1\nservices: { __proto__: { command: x } }\n', "'__proto__' cannot be a name"],
  [
    'many services',
    `version: 1\nservices:\n${Array.from({ length: 1_001 }, (_, at) => `  s${String(at)}: { command: x }`).join('\n')}`,
    'the limit is 1000',
  ],
  [
    'a manifest without a place',
    'version: 1\nservices: { a: { manifest: { spec: 7 } } }\n',
    'the manifest has no metadata.module',
  ],
])('T-488 a file with %s is refused with its place, and nothing changes', async (_, text, message) => {
  await using user = await declared(text);
  const { exitCode, stdout, stderr } = await user.ctl('apply', '-f', 'clarity.yaml', '--yes');
  expect([exitCode, stdout, user.names()]).toEqual([1, '', []]);
  expect(stderr).toContain(message);
});

test('T-488 a clarity.yaml that is a link is not followed', async () => {
  await using user = await declared();
  await rename(user.file, join(user.folder, 'other.txt'));
  await symlink('other.txt', user.file);
  expect(await user.ctl('plan')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the path is a link') });
});
