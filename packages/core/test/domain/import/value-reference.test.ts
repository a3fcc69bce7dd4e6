import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { valueParts, type ReferenceSyntax, type ValuePart } from '../../../src/domain/import/value-reference.ts';

const text = (value: string): ValuePart => ({ type: 'text', text: value });
const variable = (name: string, fallback?: string): ValuePart =>
  fallback === undefined ? { type: 'variable', name } : { type: 'variable', name, fallback };

test.each<[ReferenceSyntax, string, readonly ValuePart[]]>([
  ['none', '${A} $B {env:C}', [text('${A} $B {env:C}')]],
  ['shell', 'a ${A}b', [text('a '), variable('A'), text('b')]],
  ['shell', '${A:-x y}', [variable('A', 'x y')]],
  ['shell', '$A ${input:id} $(rm -rf ~)', [text('$A ${input:id} $(rm -rf ~)')]],
  ['editor', '${env:A}/${userHome}', [variable('A'), text('/'), { type: 'home' }]],
  ['editor', '${input:token}', [{ type: 'input', id: 'token' }]],
  ['editor', '${workspaceFolder}${/}x', [{ type: 'folder' }, { type: 'separator' }, text('x')]],
  ['editor', '${A}', [text('${A}')]],
  ['dollar', '$A-${B:-c}$', [variable('A'), text('-'), variable('B', 'c'), text('$')]],
  ['braces', '{env:A} {file:~/t} {x}', [variable('A'), text(' '), { type: 'file', path: '~/t' }, text(' {x}')]],
])('valueParts reads the references of syntax %s in %j', (syntax, value, parts) => {
  expect(valueParts(value, syntax)).toEqual(parts);
});

const written = (parts: readonly ValuePart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const syntax = fc.constantFrom<ReferenceSyntax>('none', 'shell', 'editor', 'dollar', 'braces');
const pieces = fc.array(fc.constantFrom('$', '{', '}', 'A', '${A}', '{env:B}', '${env:C}', ':-', 'x'), {
  maxLength: 12,
});

test('valueParts keeps every text that is not a reference, in order', () => {
  fc.assert(
    fc.property(pieces, syntax, (list, chosen) => {
      const value = list.join('');
      const parts = valueParts(value, chosen);
      const kept = written(parts);
      if (parts.every(({ type }) => type === 'text')) expect(kept).toBe(value);
      else expect(kept.length).toBeLessThan(value.length);
      let from = 0;
      for (const part of parts) {
        if (part.type !== 'text') continue;
        const at = value.indexOf(part.text, from);
        expect(at).toBeGreaterThanOrEqual(from);
        from = at + part.text.length;
      }
    }),
  );
});
