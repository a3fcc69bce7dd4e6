import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clarityFile, type ClarityFile } from '../../src/declarations/clarity-file.ts';
import { withVariant } from '../../src/declarations/file-variant.ts';

const read = (value: object): ClarityFile => clarityFile.parse({ version: 1, ...value });

const file = read({
  services: { a: { command: 'a', env: { LOG: 'info', KEEP: '1' } }, b: { url: 'https://b.example/mcp' } },
  mcpServers: { c: { command: 'c' } },
  variants: {
    work: { services: ['a', 'c'], set: { a: { env: { LOG: 'debug' }, autostart: false } } },
    wrong: { set: { b: { env: { A: 'b' } } } },
    far: { services: ['d'] },
  },
});

test('a variant enables its services, disables the others and merges values by name', () => {
  expect(withVariant(file, 'work', 'f')).toMatchObject({
    services: { a: { enabled: true, autostart: false, env: { LOG: 'debug', KEEP: '1' } }, b: { enabled: false } },
    mcpServers: { c: { disabled: false } },
  });
});

test.each([
  ['wrok', "unknown variant 'wrok', did you mean 'work'?"],
  ['wrong', 'variant wrong: services.b'],
  ['far', "unknown service 'd'"],
])('variant %s is refused', (name, message) => {
  expect(() => withVariant(file, name, 'f')).toThrow(message);
});

test('a variant without changes and services is the file without variants', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(names, (services) => {
      const own = { services: Object.fromEntries(services.map((name) => [name, { command: name }])) };
      const { variants: _, ...rest } = read({ ...own, variants: { v: {} } });
      expect(withVariant(read({ ...own, variants: { v: {} } }), 'v', 'f')).toEqual(rest);
    }),
  );
});
