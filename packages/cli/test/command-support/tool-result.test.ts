import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentOf } from '../../src/command-support/tool-result.ts';

const text = (shown: string) => ({ type: 'text', text: shown });

test('contentOf prints structured content only if no text repeats it', () => {
  expect(contentOf({ content: [text('{"a":1}')], structuredContent: { a: 1 } })).toEqual([text('{"a":1}')]);
  expect(contentOf({ content: [text('3')], structuredContent: { result: 3 } })).toEqual([text('3')]);
  expect(contentOf({ content: [text('plain')], structuredContent: { result: 'plain' } })).toEqual([text('plain')]);
  expect(contentOf({ content: [text('done')], structuredContent: { a: 1 } })).toEqual([
    text('done'),
    text('{\n  "a": 1\n}'),
  ]);
});

test('T-441 the extension of a file is a few letters, whatever type the service names', () => {
  const image = (mimeType: string) => contentOf({ content: [{ type: 'image', mimeType, data: 'AAAA' }] })[0];
  expect(image('image/png')).toMatchObject({ extension: 'png', describe: 'image image/png, 3 bytes' });
  expect(image('image/../../etc/passwd')).toMatchObject({ extension: 'bin' });
  fc.assert(
    fc.property(fc.string(), (type) => {
      expect(image(`image/${type}`)).toMatchObject({ extension: expect.stringMatching(/^[a-z0-9]{1,10}$/) });
    }),
  );
});

test('contentOf accepts every result', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('content', 'structuredContent'), fc.jsonValue()), (result) => {
      expect(Array.isArray(contentOf(result))).toBe(true);
    }),
  );
});
