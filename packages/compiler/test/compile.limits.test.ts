import { expect, test } from '@jest/globals';
import { check, compile } from '@clarity-runtime/compiler';
import { program } from './support/program.ts';

/** Timeout far above the expected duration, in milliseconds. */
const PATIENCE = 60_000;

const codes = (text: string): readonly string[] =>
  check({ file: 'big.clarity', text: `module big\n${text}` }).map(({ code }) => code);

test('compile rejects a source of 1 MiB', () => {
  const text = `module big\n${'// x\n'.repeat(2 ** 20 / 5)}`;
  expect(check({ file: 'big.clarity', text })).toMatchObject([{ code: 'SOURCE_TOO_LARGE', line: 1, column: 1 }]);
});

const DEEP = 40_000;
test.each([
  ['parentheses', `function f() -> Int64 { ${'('.repeat(DEEP)}1${')'.repeat(DEEP)} }`],
  ['blocks', `function f() -> Int64 ${'{'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
  ['lists', `function f() -> Int64 { ${'['.repeat(DEEP)}1${']'.repeat(DEEP)} }`],
  ['negations', `function f() -> Int64 { ${'- '.repeat(DEEP)}1 }`],
  ['matches', `function f() -> Int64 { ${'match 1 { _ -> '.repeat(DEEP / 5)}1${'}'.repeat(DEEP / 5)} }`],
  ['calls', `function f() -> Int64 { ${'abs_int('.repeat(DEEP / 4)}1${')'.repeat(DEEP / 4)} }`],
  ['types', `function f(x: ${'List<'.repeat(DEEP / 2)}Int64${'>'.repeat(DEEP / 2)}) -> Int64 { 1 }`],
  [
    'patterns',
    `function f(x: Option<Int64>) -> Int64 { match x { ${'Some('.repeat(DEEP / 2)}y${')'.repeat(DEEP / 2)} -> 1 } }`,
  ],
  ['records', `function f() -> Int64 { ${'{ a: '.repeat(DEEP / 2)}1${'}'.repeat(DEEP / 2)} }`],
  ['lambdas', `function f() -> Int64 { ${'|x: Int64| '.repeat(DEEP / 4)}1 }`],
  ['assignments', `function f() -> Int64 { ${'a = '.repeat(DEEP)}1 }`],
])(
  'compile rejects %s with unlimited nesting',
  (_, text) => {
    expect(codes(text)).toContain('NESTING_TOO_DEEP');
  },
  PATIENCE,
);

test(
  'compile rejects strings in strings with unlimited nesting',
  () => {
    expect(codes(`function f() -> String { ${'"${'.repeat(DEEP)}`)).toContain('NESTING_TOO_DEEP');
  },
  PATIENCE,
);

const inner = (open: string, close: string, times: number): string => `${open.repeat(times)}1${close.repeat(times)}`;
test.each([
  ['parentheses with every operator', inner('(1 + 2 * (0 - ', ' % 7 ))', 60)],
  ['matches', inner('match 1 { 0 -> 5, n if n > 0 -> ', ', _ -> 2 }', 70)],
  ['blocks', inner('{ let x = 3; ', '}', 140)],
  ['calls', inner('abs_int(', ')', 140)],
])('compile accepts %s nested up to the limit', (_, body) => {
  expect(program(`function f() -> Int64 { ${body} }`).call('f')).toEqual(expect.any(BigInt));
});

test.each([
  ['sums', `function f(n: Int64) -> Int64 { n${' + n'.repeat(50_000)} }`, 50_001n],
  ['conditions', `function f(n: Int64) -> Bool { n == 1${' and n > 0'.repeat(40_000)} }`, true],
  [
    'statements',
    `function f(n: Int64) -> Int64 { ${'print(n);'.repeat(40_000)} n }\nfunction print(n: Int64) -> Int64 { n }`,
    1n,
  ],
  [
    'arms',
    `function f(n: Int64) -> Int64 { match n { ${Array.from({ length: 4000 }, (_, i) => `${(i + 2).toString()} -> 0`).join()}, _ -> n } }`,
    1n,
  ],
  [
    'functions',
    `${Array.from({ length: 4000 }, (_, i) => `function g${i.toString()}(n: Int64) -> Int64 { n }`).join('\n')}\nfunction f(n: Int64) -> Int64 { g3999(n) }`,
    1n,
  ],
])(
  'compile accepts as many %s as a source can contain',
  (_, text, expected) => {
    expect(program(text).call('f', 1n)).toBe(expected);
  },
  PATIENCE,
);

test(
  'compile accepts a list with as many elements as a source can contain',
  () => {
    const { call } = program(`function f() -> List<Int64> { [${'1,'.repeat(150_000)}] }`);
    expect(call('f')).toHaveLength(150_000);
  },
  PATIENCE,
);

test(
  'compile accepts a field path as long as the source',
  () => {
    const { call } = program(`
    type Node = { next: Node, value: Int64 }
    function f(node: Node) -> Int64 { match 1 { 1 -> 2, _ -> node${'.next'.repeat(50_000)}.value } }
    function g() -> Int64 { 3 }`);
    expect(call('g')).toBe(3n);
  },
  PATIENCE,
);

test(
  'compile rejects a function with more variables than engines accept',
  () => {
    const lets = Array.from({ length: 50_001 }, () => 'let a=1;').join('');
    const compilation = compile({ file: 'big.clarity', text: `module big\nfunction f() -> Int64 {${lets} 1 }` });
    expect(compilation).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'FUNCTION_TOO_LARGE', line: 2, column: 10 }],
    });
  },
  PATIENCE,
);

test('compile rejects a function with more than 100 parameters', () => {
  const parameters = Array.from({ length: 101 }, (_, i) => `p${i.toString()}: Int64`).join();
  expect(codes(`function f(${parameters}) -> Int64 { 1 }`)).toEqual(['FUNCTION_TOO_LARGE']);
});

/** Pigeonhole principle as a match: exhaustive, but hard to prove. */
function pigeons(count: number): string {
  const holes = count - 1;
  const arm = (at: ReadonlyMap<number, string>): string =>
    `V(${Array.from({ length: count * holes }, (_, place) => at.get(place) ?? '_').join()}) -> 1`;
  const arms: string[] = [];
  const all = Array.from({ length: count }, (_, pigeon) => pigeon);
  for (const pigeon of all) {
    arms.push(arm(new Map(Array.from({ length: holes }, (_, hole) => [pigeon * holes + hole, 'False']))));
    for (const other of all.slice(pigeon + 1)) {
      for (let hole = 0; hole < holes; hole += 1) {
        arms.push(arm(new Map([pigeon, other].map((each) => [each * holes + hole, 'True']))));
      }
    }
  }
  const fields = Array.from({ length: count * holes }, (_, place) => `f${place.toString()}: Bool`).join();
  return `type U = | V(${fields})\nfunction f(u: U) -> Int64 { match u { ${arms.join()} } }`;
}

test(
  'compile rejects a match whose cases exceed the step limit',
  () => {
    expect(codes(pigeons(3))).toEqual([]);
    expect(codes(pigeons(9))).toEqual(['MATCH_TOO_COMPLEX']);
  },
  PATIENCE,
);

test('compile accepts a match of many fields with one arm per field', () => {
  const arm = (place: number): string =>
    `V(${Array.from({ length: 40 }, (_, i) => (i === place ? 'True' : '_')).join()}) -> ${place.toString()}`;
  const fields = Array.from({ length: 40 }, (_, i) => `f${i.toString()}: Bool`).join();
  const arms = [...Array.from({ length: 40 }, (_, i) => arm(i)), `V(${'False,'.repeat(40)}) -> 40`].join();
  expect(codes(`type U = | V(${fields})\nfunction f(u: U) -> Int64 { match u { ${arms} } }`)).toEqual([]);
});

test('constants that refer to each other many times do not enlarge the module', () => {
  const constants = Array.from(
    { length: 40 },
    (_, i) => `const C${(i + 1).toString()}: String = C${i.toString()} ++ C${i.toString()};`,
  );
  const { wasm } = program(`const C0: String = "x";\n${constants.join('\n')}\nfunction f() -> String { C40 }`);
  expect(wasm.length).toBeLessThan(2000);
});

test(
  'compile rejects aliases that double at every step',
  () => {
    const aliases = Array.from(
      { length: 60 },
      (_, i) => `type A${(i + 1).toString()} = Result<A${i.toString()}, A${i.toString()}>`,
    );
    expect(codes(`type A0 = Int64\n${aliases.join('\n')}\nfunction f(a: A60) -> Int64 { 1 }`)).toContain(
      'TYPE_TOO_LARGE',
    );
  },
  PATIENCE,
);

test('compile reports at most fifty errors', () => {
  expect(codes(`function f() -> Int64 { ${'oops; '.repeat(10_000)} 1 }`)).toHaveLength(50);
});
