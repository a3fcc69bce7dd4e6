import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { argumentsOf, readToolArguments } from '../../src/arguments/tool-arguments.ts';

const schema = {
  type: 'object',
  properties: {
    path: { type: 'string' },
    n: { type: 'integer' },
    share: { type: ['number', 'null'] },
    deep: { type: 'boolean' },
    list: { type: 'array' },
    options: { type: 'object' },
    mode: { enum: ['fast', 3] },
    any: {},
  },
  required: ['path'],
};

const read = (...words: string[]) =>
  readToolArguments(['path=/a', ...words], schema, { readFile: (path) => Promise.resolve(`text of ${path}`) });

test.each([
  ['n=3', { n: 3 }],
  ['n=-3', { n: -3 }],
  ['share=0.5', { share: 0.5 }],
  ['share=null', { share: null }],
  ['deep=true', { deep: true }],
  ['list=[1,"a"]', { list: [1, 'a'] }],
  ['options={"a":1}', { options: { a: 1 } }],
  ['mode=3', { mode: 3 }],
  ['any=3', { any: '3' }],
  ['any:=3', { any: 3 }],
  ['any=@notes.txt', { any: 'text of notes.txt' }],
  ['any==@notes.txt', { any: '@notes.txt' }],
  ['any=a=b', { any: 'a=b' }],
  ['path=007', { path: '007' }],
])('the word %s becomes %j', async (word, expected) => {
  expect(await read(word)).toEqual({ path: '/a', ...expected });
});

test.each([
  ['n=3.5', "'n' must be integer, not '3.5'"],
  ['n=', "'n' must be integer, not ''"],
  ['deep=yes', "'deep' must be boolean, not 'yes'"],
  ['list={}', "'list' must be array, not '{}'"],
  ['mode=slow', "'mode' must be one of fast, 3, not 'slow'"],
  ['any:=x', "the value of 'any' is not JSON: x"],
  ['pth=/b', "unknown argument 'pth', did you mean 'path'?"],
  ['word', "'word' is not key=value"],
])('the word %s is refused with exit code 2', async (word, message) => {
  await expect(read(word)).rejects.toMatchObject({ message, exitCode: 2 });
});

test('missing arguments are named together, and an open schema accepts other keys', async () => {
  const sources = { readFile: () => Promise.resolve('') };
  await expect(readToolArguments([], { properties: { a: {}, b: {} }, required: ['a', 'b'] }, sources)).rejects.toThrow(
    'required arguments are missing: a, b',
  );
  expect(await readToolArguments(['x=1'], { additionalProperties: true, properties: { a: {} } }, sources)).toEqual({
    x: '1',
  });
  expect(await readToolArguments(['x=1'], undefined, sources)).toEqual({ x: '1' });
});

test('T-441 names such as __proto__ are plain keys', async () => {
  const found = await readToolArguments(['__proto__=1'], {}, { readFile: () => Promise.resolve('') });
  expect(Object.entries(found)).toEqual([['__proto__', '1']]);
  expect(Object.prototype).not.toHaveProperty('1');
});

test('argumentsOf accepts every schema, and every text of a string argument arrives unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string(), async (odd, text) => {
      expect(Array.isArray(argumentsOf(odd))).toBe(true);
      fc.pre(!text.startsWith('@') && !text.startsWith('='));
      expect(await read(`any=${text}`)).toEqual({ path: '/a', any: text });
    }),
  );
});
