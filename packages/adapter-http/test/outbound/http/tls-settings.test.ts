import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readTlsSettings } from '../../../src/outbound/http/tls-settings.ts';
import { connectTo } from '../../support/remote-service.ts';
import { selfSigned } from '../../support/self-signed.ts';

let folder: string;
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clarity-tls-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('[first-hour.25] Q25 a service with a private CA is reached with spec.origin.tls.caFile only', async () => {
  const pair = selfSigned();
  const server = createServer(pair, (incoming, response) => {
    incoming.resume();
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `https://localhost:${String((server.address() as AddressInfo).port)}/mcp`;
  await expect(connectTo(endpoint)).rejects.toMatchObject({
    message: expect.stringMatching(/the certificate is self-signed and not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/),
    failure: { hint: expect.stringContaining('spec.origin.tls.caFile') },
  });
  const caFile = file('ca.pem', pair.cert);
  await expect(connectTo(endpoint, { tls: { caFile } })).rejects.toMatchObject({
    message: expect.stringContaining('HTTP 404'),
  });
  await expect(connectTo(endpoint, { tls: { caFile, serverName: 'other.example' } })).rejects.toMatchObject({
    message: expect.stringContaining('the certificate is for another host'),
  });
  server.close();
});

test('Q25 a CA file adds to the CAs of Node and of NODE_EXTRA_CA_CERTS', async () => {
  const extra = file('extra.pem', selfSigned().cert);
  const caFile = file('own.pem', selfSigned().cert);
  const { ca = [] } = await readTlsSettings({ caFile }, { NODE_EXTRA_CA_CERTS: extra });
  expect(ca.length).toBeGreaterThan(100);
  expect(ca.slice(-2).every((each) => each.includes('BEGIN CERTIFICATE'))).toBe(true);
  expect(await readTlsSettings(undefined, {})).toEqual({ rejectUnauthorized: true });
});

test.each([
  ['missing', () => join(folder, 'none.pem'), 'cannot be read (ENOENT)'],
  ['a folder', () => folder, 'cannot be read (EISDIR)'],
  ['without a certificate', () => file('text.pem', 'no'), 'has no certificate in PEM form'],
  ['too large', () => file('large.pem', Buffer.alloc(1024 * 1024 + 1)), 'is larger than 1048576 bytes'],
])('Q25 a CA file that is %s ends the start with its name', async (_, path, problem) => {
  await expect(readTlsSettings({ caFile: path() }, {})).rejects.toMatchObject({
    code: 'MANIFEST_INVALID',
    message: expect.stringContaining(problem),
    failure: { field: 'spec.origin.tls.caFile' },
  });
});
