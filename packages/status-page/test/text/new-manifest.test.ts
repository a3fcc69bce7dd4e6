import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitCommand, toManifest } from '../../src/text/new-manifest.ts';
import { quoteWord } from '../../src/text/shell-words.ts';

test('a command of quoted words splits into the words', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
      expect(splitCommand(words.map(quoteWord).join(' '))).toEqual(words);
    }),
  );
});

test.each(["a 'b", 'a "b', 'a \\'])('%s has an open quote', (text) => {
  expect(splitCommand(text)).toBeUndefined();
});

test('a manifest of a program has its words, one of a remote its address', () => {
  expect(toManifest({ kind: 'process', name: 'files', words: ['npx', '-y', 'x'], cwd: '' })).toMatchObject({
    metadata: { module: 'files' },
    spec: { origin: { type: 'local_process', command: 'npx', args: ['-y', 'x'] } },
  });
  expect(toManifest({ kind: 'remote', name: 'docs', endpoint: 'https://a/mcp', authRef: 'file:k' })).toMatchObject({
    spec: { origin: { type: 'remote_mcp', endpoint: 'https://a/mcp', authRef: 'file:k' } },
  });
});
