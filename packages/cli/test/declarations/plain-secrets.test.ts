import { expect, test } from '@jest/globals';
import { clarityFile } from '../../src/declarations/clarity-file.ts';
import { plainSecrets } from '../../src/declarations/plain-secrets.ts';

test('T-545 plain values that look like secrets are named, never shown, and references are not named', () => {
  const file = clarityFile.parse({
    version: 1,
    services: {
      a: { command: 'a', env: { API_TOKEN: 'Canary-1', LOG: 'info', KEY: { secret: 'file:a' } } },
      b: { url: 'https://b.example/mcp', headers: { Authorization: 'Bearer Canary-2', Accept: 'x' } },
    },
    mcpServers: { c: { command: 'c', env: { PASSWORD: 'Canary-3', OTHER_TOKEN: '${OTHER_TOKEN}' } } },
  });
  const found = plainSecrets({ file, folder: '/', from: 'clarity.yaml' });
  expect(found).toEqual(['a: env API_TOKEN', 'b: header Authorization', 'c: env PASSWORD']);
  expect(found.join('')).not.toContain('Canary');
});
