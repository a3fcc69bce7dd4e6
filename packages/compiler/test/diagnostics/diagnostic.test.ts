import { expect, test } from '@jest/globals';
import { check, type DiagnosticCode } from '@clarity-runtime/compiler';
import { marked } from '../support/marked.ts';

/** `«…»` marks the expected position. */
const CASES: readonly (readonly [DiagnosticCode, string, string | undefined])[] = [
  ['INVALID_CHARACTER', 'function f() -> Int64 { 1\n«# two»\n}', 'start comments with //'],
  [
    'UNTERMINATED_STRING',
    'function f() -> String { «"»open }',
    'add the closing quote here or in a string above; strings can span lines',
  ],
  [
    'INVALID_NUMBER',
    'function f() -> Int64 { «12ab» }',
    'write an Int64 with digits only (1000000), a Float64 with digits, a point and digits (0.5)',
  ],
  ['INT_OUT_OF_RANGE', 'function f() -> Int64 { «9223372036854775808» }', 'use at most 9223372036854775807'],
  ['INT_OUT_OF_RANGE', 'function f() -> Int64 { 1 - «99999999999999999999» }', 'use at most 9223372036854775807'],
  [
    'INT_OUT_OF_RANGE',
    'function f(n: Int64) -> Int64 { match n { «9223372036854775808» -> 1, _ -> 2 } }',
    'use at most 9223372036854775807',
  ],
  ['FLOAT_OUT_OF_RANGE', `function f() -> Float64 { «1${'0'.repeat(310)}.0» }`, undefined],
  [
    'NESTING_TOO_DEEP',
    `function f() -> Int64 { ${'('.repeat(150)}«1»${')'.repeat(150)} }`,
    'bind inner parts to names with let, or move them to separate functions',
  ],
  [
    'TYPE_TOO_LARGE',
    `type A = ${'Result<Int64, '.repeat(60)}Int64${'>'.repeat(60)}\nfunction f(a: «Result<A, A>») -> Int64 { 1 }`,
    'declare records for its parts',
  ],
  [
    'MISSING_RETURN_TYPE',
    'function «f»() { 1 }',
    'write -> and a type before the body; use -> Unit for a function without a result',
  ],
  ['UNEXPECTED_TOKEN', 'function f(«a») -> Int64 { a }', 'add its type after a colon, for example a: Int64'],
  ['UNEXPECTED_TOKEN', 'function f() -> Int64 «{» 1', 'add the missing `}`'],
  [
    'UNEXPECTED_TOKEN',
    'function f(n: Int64) -> Int64 { match n { «*» -> 1 } }',
    'write an arm as: pattern -> value; `_` matches everything else',
  ],
  [
    'FOREIGN_SYNTAX',
    'function f(a: Int64) -> Int64 { «if» a > 1 { 2 } else { 3 } }',
    'use match on a Bool: match cond { True -> …, False -> … }',
  ],
  [
    'FOREIGN_SYNTAX',
    'function f(a: Int64) -> Int64 { «return» a; }',
    'make it the last expression of the block, which is its value',
  ],
  [
    'FOREIGN_SYNTAX',
    'function f(a: List<Int64>) -> Int64 { a«[»0] }',
    'use nth(list, index) for lists, char_at(text, index) for strings',
  ],
  [
    'FOREIGN_SYNTAX',
    'function f(a: List<Int64>) -> Int64 { a.«length»() }',
    'write string_length(text) or length(list)',
  ],
  [
    'FOREIGN_SYNTAX',
    '«fn» f(a: Int64) -> Int64 { a }',
    'declare a function as: function name(x: Int64) -> Int64 { … }',
  ],
  [
    'NOT_SUPPORTED',
    '«import { x } from "std/list"»\nfunction f() -> Int64 { x(1) }',
    'copy the required functions into this file',
  ],
  ['NOT_SUPPORTED', 'type «Box»<T> = { value: T }\nfunction f() -> Int64 { 1 }', 'declare one type per type argument'],
  [
    'BUILTIN_NOT_AVAILABLE',
    'function f() -> String { «read_file»("x") }',
    'remove the call, or pass its result as a parameter',
  ],
  ['DUPLICATE_NAME', 'function f() -> Int64 { 1 }\nfunction «f»() -> Int64 { 2 }', 'rename or remove one of the two'],
  [
    'DUPLICATE_NAME',
    'type A = | One | Two\ntype B = | «One»\nfunction f() -> Int64 { 2 }',
    'rename or remove one of the two',
  ],
  ['RESERVED_NAME', 'type «Option» = { a: Int64 }\nfunction f() -> Int64 { 1 }', 'use another name'],
  ['UNKNOWN_NAME', 'function f(total: Int64) -> Int64 {\n  «totel» + 1\n}', 'did you mean `total`?'],
  [
    'UNKNOWN_NAME',
    'function f() -> Unit { «println»("x") }',
    'use print_string(text) in a function that declares effect[Log]',
  ],
  [
    'UNKNOWN_NAME',
    'function f(o: Option<Int64>) -> Int64 { match o { «none» -> 0, Some(x) -> x } }',
    'write None, or _ to match everything',
  ],
  ['UNKNOWN_TYPE', 'function f(a: «int») -> Int64 { 1 }', 'use Int64 for integers'],
  ['UNKNOWN_EFFECT', 'effect[«Logs»] function f() -> Int64 { 1 }', 'did you mean `Log`?'],
  ['UNKNOWN_FIELD', 'type P = { x: Int64, y: Int64 }\nfunction f(p: P) -> Int64 { p.«z» }', 'P has x, y'],
  [
    'UNKNOWN_ARGUMENT',
    'function g(a: Int64) -> Int64 { a }\nfunction f() -> Int64 { g(«b»: 1) }',
    'call it as g(a: Int64)',
  ],
  ['WRONG_ARITY', 'function g(a: Int64) -> Int64 { a }\nfunction f() -> Int64 { g(1, «2») }', 'call it as g(a: Int64)'],
  ['TYPE_MISMATCH', 'function f(n: Int64) -> String {\n\t"n: " ++ «n»\n}', 'convert it with int_to_string(value)'],
  [
    'TYPE_MISMATCH',
    'function f(n: Int64) -> Int64 { n + 1; «}»',
    'remove the `;` after the last expression, which is the value of the block',
  ],
  [
    'TYPE_MISMATCH',
    'function f(n: Option<Int64>) -> Int64 { «n» }',
    'the value may be missing: use match value { Some(value) -> …, None -> … }',
  ],
  [
    'AMBIGUOUS_TYPE',
    'type A = { x: Int64 }\ntype B = { x: Int64 }\nfunction f() -> Int64 { let r = «{ x: 1 }»; 2 }',
    'add the type: let value: A = { … }',
  ],
  ['OPERATOR_TYPE', 'function f() -> String { "a" «+» "b" }', 'join strings with ++'],
  ['OPERATOR_TYPE', 'type U = | A | B\nfunction f() -> Bool { A «==» B }', 'compare the values with match'],
  ['NOT_CALLABLE', 'function f(g: Int64) -> Int64 { «g»(1) }', 'rename the value'],
  [
    'CYCLIC_ALIAS',
    'type A = List<«A»>\nfunction f(a: A) -> Int64 { 1 }',
    'declare a record or a union, which can contain itself',
  ],
  ['UNIT_VALUE', 'function f(a: «Unit») -> Int64 { 1 }', 'remove it'],
  [
    'NOT_CONSTANT',
    'function f() -> Int64 { 1 }\nconst C: Int64 = «f»();',
    'declare a function without parameters instead',
  ],
  [
    'NOT_MUTABLE',
    'function f() -> Int64 { let n = 1; «n» = 2; n }',
    'declare it with let mut n, or bind a new name; compare with ==',
  ],
  ['MISSING_EFFECT', 'function f() -> Unit { «print_string»("x") }', 'declare the effect: effect[Log] function f(…)'],
  [
    'MISSING_EFFECT',
    'effect[Log] function g() -> Unit { print_string("x") }\neffect[Test] function f() -> Unit { «g»() }',
    'declare the effect: effect[Test, Log] function f(…)',
  ],
  [
    'NON_EXHAUSTIVE_MATCH',
    'function f(o: Option<Int64>) -> Int64 { «match» o { Some(x) if x > 1 -> x, None -> 0 } }',
    'add an arm: Some(_) -> … (a guard can be False)',
  ],
  [
    'NON_EXHAUSTIVE_MATCH',
    'function f(o: Option<Bool>) -> Int64 { «match» o { Some(True) -> 1, None -> 0 } }',
    'add an arm: Some(False) -> …',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «3» -> 1, _ -> 2 } }',
    'remove the arm, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «0» -> 1, _ -> 2 } }',
    'remove the arm, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «9» -> 1, _ -> 2 } }',
    'remove the arm, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «0..9» -> 1, _ -> 2 } }',
    'remove the arm, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «2..4» -> 1, _ -> 2 } }',
    'remove the arm, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { «9..1» -> 0, _ -> 2 } }',
    'write the smaller number first; both ends are part of the range',
  ],
  ['NON_EXHAUSTIVE_MATCH', 'function f(n: Int64) -> Int64 { «match» n { 0..9 -> 0, 10 -> 1 } }', 'add an arm: _ -> …'],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { _ -> 0, «1» -> 1 } }',
    'remove the arm, or move it up',
  ],
];

test.each(CASES)('%s has the position and a hint: %s', (code, source, hint) => {
  const { text, line, column, length, sourceLine } = marked(`module sample\n${source}`);
  const found = check({ file: 'sample.clarity', text });
  const severity = code === 'UNREACHABLE_ARM' ? 'warning' : 'error';
  const expected = {
    severity,
    code,
    file: 'sample.clarity',
    line,
    column,
    length,
    sourceLine: sourceLine.slice(0, 400),
  };
  expect(found).toContainEqual(expect.objectContaining(hint === undefined ? expected : { ...expected, hint }));
});
