import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readWassettePolicy } from '../../src/additions/wassette-policy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function imported(text: string): Promise<unknown> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'policy.yaml');
  await writeFile(path, text);
  return await readWassettePolicy(path);
}

const POLICY = `version: "1.0"
description: example
permissions:
  storage:
    allow:
      - { uri: "fs:///srv/data/**", access: [read] }
      - { uri: "fs:///srv/out", access: [read, write] }
  environment: { allow: [{ key: LANG }] }
  network: { allow: [{ host: "*.Example.com" }, { cidr: 10.0.0.0/8 }] }
`;

test('folders, variables and hosts of a policy are imported, and its networks are named as left out', async () => {
  expect(await imported(POLICY)).toEqual({
    capabilities: {
      time: true,
      random: true,
      env: ['LANG'],
      files: [
        { path: '/srv/data', access: 'ro' },
        { path: '/srv/out', access: 'rw' },
      ],
      network: { hosts: ['*.example.com'], methods: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    },
    notes: ['1 network permissions are left out: they are not names of hosts'],
  });
});

test.each([
  ['version: "1.0"\npermissions: { storage: { deny: [{ uri: "fs:///x" }] } }', 'storage.deny has no counterpart'],
  ['version: "1.0"\npermissions: { storage: { allow: [{ uri: "fs:///a/*.txt", access: [read] }] } }', 'whole folder'],
  ['version: "1.0"\npermissions: { storage: { allow: [{ uri: "fs://relative", access: [read] }] } }', 'whole folder'],
  ['version: "1.0"\npermissions: { network: { deny: [{ host: x }] } }', 'network.deny has no counterpart'],
  ['permissions: [', 'is not imported'],
  ['{}', 'is not imported'],
])('a policy that cannot be kept is refused: %s', async (text, reason) => {
  await expect(imported(text)).rejects.toThrow(reason);
});
