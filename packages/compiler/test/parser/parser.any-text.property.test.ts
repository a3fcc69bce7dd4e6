import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { check, compile, formatDiagnostic } from '@clarity-runtime/compiler';

/** Timeout far above the expected duration, in milliseconds. */
const PATIENCE = 60_000;

const WORDS = [
  ...[
    'module',
    'import',
    'export',
    'from',
    'function',
    'type',
    'const',
    'let',
    'mut',
    'match',
    'effect',
    'True',
    'False',
  ],
  ...[
    'and',
    'or',
    'if',
    'x',
    'y',
    'f',
    'P',
    'Some',
    'None',
    'Ok',
    'Err',
    'Int64',
    'String',
    'List',
    'Option',
    'Map',
    'Unit',
    '_',
  ],
  ...[
    '1',
    '2.5',
    '9223372036854775808',
    '"a"',
    '"${',
    '}',
    '"',
    '"""',
    '\\',
    '->',
    '++',
    '==',
    '!=',
    '<=',
    '>=',
    '..',
    '(',
    ')',
  ],
  ...[
    '{',
    '[',
    ']',
    '+',
    '-',
    '*',
    '/',
    '%',
    '<',
    '>',
    '!',
    '|',
    ',',
    ':',
    ';',
    '.',
    '=',
    '#',
    '\n',
    '// c\n',
    'fn',
    'return',
    'print_string',
  ],
];

const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 80 }).map((words) => `module m\n${words.join(' ')}`);
const body = fc
  .array(fc.constantFrom(...WORDS), { maxLength: 25 })
  .map(
    (words) =>
      `module m\ntype P = | One(x: Int64) | Two\nfunction f(x: Int64, y: List<String>) -> Int64 { ${words.join(' ')} }`,
  );

const VALID = `module shop
// Doc.
type Item = { name: String, price: Option<Float64> }
type Shape = | Dot | Box(width: Int64, inner: Option<Shape>)
const LIMIT: Int64 = 3;
effect[Log] function show(items: List<Item>, at: Int64) -> Unit {
  match at < LIMIT { True -> { print_string("\${nth(items, at).name}!"); show(items, at + 1) }, False -> {} }
}
function area(shape: Shape) -> Int64 { match shape { Box(w, Some(Box(v, _))) if v > 1 -> w * v, Box(w, _) -> w, Dot -> 0 } }
`;

/** A valid source with a part removed, duplicated or moved. */
const damaged = fc
  .tuple(fc.nat(VALID.length), fc.nat(40), fc.nat(VALID.length), fc.constantFrom('', ...WORDS))
  .map(([at, length, to, word]) => {
    const rest = VALID.slice(0, at) + VALID.slice(at + length);
    return rest.slice(0, to) + word + VALID.slice(at, at + length) + rest.slice(to);
  });

test.each([
  ['any text', fc.string({ unit: 'binary', maxLength: 300 })],
  ['any words', soup],
  ['any body', body],
  ['a source with a mistake', damaged],
])(
  '%s results in a valid module or in printable diagnostics',
  (_, text) => {
    fc.assert(
      fc.property(text, (source) => {
        const compilation = compile({ file: 'any.clarity', text: source });
        if (compilation.ok) {
          expect(WebAssembly.validate(new Uint8Array(compilation.wasm))).toBe(true);
          return;
        }
        expect(compilation.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        for (const diagnostic of compilation.diagnostics) {
          const { line, column, length, sourceLine } = diagnostic;
          expect(line).toBeLessThanOrEqual(source.split(/\r\n|\n|\r/).length);
          expect(column + length - 1).toBeLessThanOrEqual(Math.max(column, sourceLine.length));
          expect(formatDiagnostic(diagnostic).split('\n').length).toBeGreaterThanOrEqual(5);
        }
      }),
      { numRuns: 400 },
    );
  },
  PATIENCE,
);

test('the source without damage compiles', () => {
  expect(check({ file: 'shop.clarity', text: VALID })).toEqual([]);
});
