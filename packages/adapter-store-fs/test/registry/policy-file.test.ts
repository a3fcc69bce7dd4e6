import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { embeddedCaller, type PolicyDocument } from '@clarity-runtime/core';
import { fsPolicyRegistry, openFsStore } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const document = (name: string, spec: PolicyDocument['spec'] = {}): PolicyDocument => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name },
  spec,
});

const write = (op: string) => ({ caller: embeddedCaller, op });

test('put resolves when the policy is on disk in a file with mode 0600', async () => {
  const root = await temporaryFolder();
  const workspace = await openFsStore({ root });
  const { revision } = await workspace.policies.put('default', document('b', { queue: 3 }), 'absent', write('1'));
  await workspace.policies.put('default', document('a'), 'absent', write('2'));
  const path = join(workspace.folder, 'policies.json');
  await workspace[Symbol.asyncDispose]();
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: 2, changes: 2 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await using again = await openFsStore({ root });
  const { items } = await again.policies.list('default');
  expect(items.map(({ value }) => value)).toEqual([document('a'), document('b', { queue: 3 })]);
  expect(items[1]?.revision).toBe(revision);
});

test('put rejects a stale revision and accepts a repeated operation', async () => {
  await using policies = await fsPolicyRegistry({ folder: await temporaryFolder() });
  const first = await policies.put('default', document('a'), 'absent', write('1'));
  expect(await policies.put('default', document('a'), 'absent', write('1'))).toEqual(first);
  await expect(policies.put('default', document('a'), 'absent', write('2'))).rejects.toMatchObject({
    kind: 'conflict',
  });
  await expect(policies.remove('default', 'a', 'other', write('3'))).rejects.toMatchObject({ kind: 'conflict' });
  await policies.remove('default', 'a', first.revision, write('4'));
  expect((await policies.list('default')).items).toEqual([]);
});

test.each([
  ['half a file', (text: string) => text.slice(0, text.length / 2)],
  ['an edited file', (text: string) => text.replace('"queue": 3', '"queue": 300')],
  ['an empty file', () => ''],
])('open restores %s from its backup and fails with corrupt without one', async (_, damage) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'policies.json');
  const policies = await fsPolicyRegistry({ folder });
  await policies.put('default', document('a', { queue: 3 }), 'absent', write('1'));
  await policies.put('default', document('b'), 'absent', write('2'));
  await policies[Symbol.asyncDispose]();
  const text = await readFile(path, 'utf8');
  await writeFile(path, damage(text));
  const onRecovered = jest.fn();
  await using copy = await fsPolicyRegistry({ folder, onRecovered, now: () => new Date(7) });
  expect((await copy.list('default')).items.map(({ value }) => value.metadata.name)).toEqual(['a', 'b']);
  expect(onRecovered).toHaveBeenCalledWith(expect.objectContaining({ damaged: `${path}.damaged-7` }));
  expect(await readFile(`${path}.damaged-7`, 'utf8')).toBe(damage(text));
  await writeFile(path, damage(text));
  await writeFile(`${path}.bak`, damage(await readFile(`${path}.bak`, 'utf8')));
  await expect(fsPolicyRegistry({ folder })).rejects.toMatchObject({ kind: 'corrupt' });
});
