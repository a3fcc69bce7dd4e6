import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { escapeLines } from '../../src/terminal/escape.ts';
import { toYaml } from '../../src/terminal/to-yaml.ts';

test('T-440 YAML output has no hidden character and reads back as the same value', () => {
  expect(toYaml({ text: 'a\u001b[2Jb', list: ['\u202e'] })).toBe('text: "a\\e[2Jb"\nlist:\n  - "\\U0000202e"');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = toYaml(value);
      expect(escapeLines(text)).toBe(text);
      expect(parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
