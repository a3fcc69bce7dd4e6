import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const { directImports } = (await import(pathToFileURL(resolve(root, 'scripts/direct-imports.mjs')).href)) as {
  directImports: (root: string) => (text: string) => string;
};
const direct = directImports(root);
const declared = (path: string): string => JSON.stringify(resolve(root, 'packages', path));

test('a value is imported from the module that declares it, through every door on the way', () => {
  expect(direct("import { ClarityError } from '@clarity-runtime/core';")).toBe(
    `import { ClarityError as ClarityError } from ${declared('core/src/domain/errors/clarity-error.ts')};`,
  );
  expect(direct("import { hasVerb as has } from '@clarity-runtime/core/internal';")).toBe(
    `import { hasVerb as has } from ${declared('core/src/domain/access/decide.ts')};`,
  );
});

test('types are left out and lines stay where they are', () => {
  const text = ['import {', '  type Caller,', '  ClarityError,', "} from '@clarity-runtime/core';", 'next();'].join(
    '\n',
  );
  const lines = direct(text).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).not.toContain('Caller');
  expect(lines[4]).toBe('next();');
});

test.each([
  "import { z } from 'zod';",
  "import { a } from './a.ts';",
  "import type { Caller } from '@clarity-runtime/core';",
])('%s stays as it is', (text) => {
  expect(direct(text)).toBe(text);
});
