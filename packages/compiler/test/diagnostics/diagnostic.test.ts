import { expect, test } from '@jest/globals';
import { check, type DiagnosticCode } from '@clarity-runtime/compiler';
import { marked } from '../support/marked.ts';

/** `«…»` is where the diagnostic points. */
const CASES: readonly (readonly [DiagnosticCode, string, string | undefined])[] = [
  ['INVALID_CHARACTER', 'function f() -> Int64 { 1\n«# two»\n}', 'comments begin with //'],
  [
    'UNTERMINATED_STRING',
    'function f() -> String { «"»open }',
    'strings may span lines: a closing quote is missing here or in a string above',
  ],
  [
    'INVALID_NUMBER',
    'function f() -> Int64 { «12ab» }',
    'an Int64 is digits only (1000000), a Float64 is digits, a point and digits (0.5)',
  ],
  ['INT_OUT_OF_RANGE', 'function f() -> Int64 { «9223372036854775808» }', 'the largest is 9223372036854775807'],
  ['INT_OUT_OF_RANGE', 'function f() -> Int64 { 1 - «99999999999999999999» }', 'the largest is 9223372036854775807'],
  [
    'INT_OUT_OF_RANGE',
    'function f(n: Int64) -> Int64 { match n { «9223372036854775808» -> 1, _ -> 2 } }',
    'the largest is 9223372036854775807',
  ],
  ['FLOAT_OUT_OF_RANGE', `function f() -> Float64 { «1${'0'.repeat(310)}.0» }`, undefined],
  [
    'NESTING_TOO_DEEP',
    `function f() -> Int64 { ${'('.repeat(150)}«1»${')'.repeat(150)} }`,
    'give inner parts a name with let, or a function of their own',
  ],
  [
    'TYPE_TOO_LARGE',
    `type A = ${'Result<Int64, '.repeat(60)}Int64${'>'.repeat(60)}\nfunction f(a: «Result<A, A>») -> Int64 { 1 }`,
    'give its parts names as records',
  ],
  [
    'MISSING_RETURN_TYPE',
    'function «f»() { 1 }',
    'write -> and a type before the body; a function that gives nothing back has -> Unit',
  ],
  ['UNEXPECTED_TOKEN', 'function f(«a») -> Int64 { a }', 'write its type after a colon, for example a: Int64'],
  ['UNEXPECTED_TOKEN', 'function f() -> Int64 «{» 1', 'a `}` is missing'],
  [
    'UNEXPECTED_TOKEN',
    'function f(n: Int64) -> Int64 { match n { «*» -> 1 } }',
    'an arm is written pattern -> value; `_` matches everything else',
  ],
  [
    'FOREIGN_SYNTAX',
    'function f(a: Int64) -> Int64 { «if» a > 1 { 2 } else { 3 } }',
    'use match on a Bool: match cond { True -> …, False -> … }',
  ],
  ['FOREIGN_SYNTAX', 'function f(a: Int64) -> Int64 { «return» a; }', 'the last expression of a block is its value'],
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
  ['FOREIGN_SYNTAX', '«fn» f(a: Int64) -> Int64 { a }', 'a function is written function name(x: Int64) -> Int64 { … }'],
  [
    'NOT_SUPPORTED',
    '«import { x } from "std/list"»\nfunction f() -> Int64 { x(1) }',
    'copy the functions that you need into this file',
  ],
  [
    'NOT_SUPPORTED',
    'type «Box»<T> = { value: T }\nfunction f() -> Int64 { 1 }',
    'declare one type for each type that it is used with',
  ],
  [
    'BUILTIN_NOT_AVAILABLE',
    'function f() -> String { «read_file»("x") }',
    'leave it out, or pass what it gives as a parameter',
  ],
  [
    'DUPLICATE_NAME',
    'function f() -> Int64 { 1 }\nfunction «f»() -> Int64 { 2 }',
    'choose another name, or remove one of the two',
  ],
  [
    'DUPLICATE_NAME',
    'type A = | One | Two\ntype B = | «One»\nfunction f() -> Int64 { 2 }',
    'choose another name, or remove one of the two',
  ],
  ['RESERVED_NAME', 'type «Option» = { a: Int64 }\nfunction f() -> Int64 { 1 }', 'choose another name'],
  ['UNKNOWN_NAME', 'function f(total: Int64) -> Int64 {\n  «totel» + 1\n}', 'did you mean `total`?'],
  [
    'UNKNOWN_NAME',
    'function f() -> Unit { «println»("x") }',
    'print with print_string(text), in a function that declares effect[Log]',
  ],
  [
    'UNKNOWN_NAME',
    'function f(o: Option<Int64>) -> Int64 { match o { «none» -> 0, Some(x) -> x } }',
    'write None, or _ for everything',
  ],
  ['UNKNOWN_TYPE', 'function f(a: «int») -> Int64 { 1 }', 'whole numbers are Int64'],
  ['UNKNOWN_EFFECT', 'effect[«Logs»] function f() -> Int64 { 1 }', 'did you mean `Log`?'],
  ['UNKNOWN_FIELD', 'type P = { x: Int64, y: Int64 }\nfunction f(p: P) -> Int64 { p.«z» }', 'P has x, y'],
  [
    'UNKNOWN_ARGUMENT',
    'function g(a: Int64) -> Int64 { a }\nfunction f() -> Int64 { g(«b»: 1) }',
    'it is written g(a: Int64)',
  ],
  [
    'WRONG_ARITY',
    'function g(a: Int64) -> Int64 { a }\nfunction f() -> Int64 { g(1, «2») }',
    'it is written g(a: Int64)',
  ],
  [
    'TYPE_MISMATCH',
    'function f(n: Int64) -> String {\n\t"n: " ++ «n»\n}',
    'int_to_string(value) makes a String of an Int64',
  ],
  [
    'TYPE_MISMATCH',
    'function f(n: Int64) -> Int64 { n + 1; «}»',
    'the last expression of a block is its value: leave out the `;` after it',
  ],
  [
    'TYPE_MISMATCH',
    'function f(n: Option<Int64>) -> Int64 { «n» }',
    'the value may be missing: match it { Some(value) -> …, None -> … }',
  ],
  [
    'AMBIGUOUS_TYPE',
    'type A = { x: Int64 }\ntype B = { x: Int64 }\nfunction f() -> Int64 { let r = «{ x: 1 }»; 2 }',
    'say it: let value: A = { … }',
  ],
  ['OPERATOR_TYPE', 'function f() -> String { "a" «+» "b" }', 'strings are joined with ++'],
  ['OPERATOR_TYPE', 'type U = | A | B\nfunction f() -> Bool { A «==» B }', 'take the values apart with match'],
  ['NOT_CALLABLE', 'function f(g: Int64) -> Int64 { «g»(1) }', 'give the value another name'],
  [
    'CYCLIC_ALIAS',
    'type A = List<«A»>\nfunction f(a: A) -> Int64 { 1 }',
    'a record or a union may hold itself, an alias may not',
  ],
  ['UNIT_VALUE', 'function f(a: «Unit») -> Int64 { 1 }', 'leave it out'],
  ['NOT_CONSTANT', 'function f() -> Int64 { 1 }\nconst C: Int64 = «f»();', 'make it a function without parameters'],
  [
    'NOT_MUTABLE',
    'function f() -> Int64 { let n = 1; «n» = 2; n }',
    'declare it with let mut n, or bind a new name; comparison is ==',
  ],
  ['MISSING_EFFECT', 'function f() -> Unit { «print_string»("x") }', 'declare it: effect[Log] function f(…)'],
  [
    'MISSING_EFFECT',
    'effect[Log] function g() -> Unit { print_string("x") }\neffect[Test] function f() -> Unit { «g»() }',
    'declare it: effect[Test, Log] function f(…)',
  ],
  [
    'NON_EXHAUSTIVE_MATCH',
    'function f(o: Option<Int64>) -> Int64 { «match» o { Some(x) if x > 1 -> x, None -> 0 } }',
    'add an arm: Some(_) -> … (an arm with a guard may be passed over)',
  ],
  [
    'NON_EXHAUSTIVE_MATCH',
    'function f(o: Option<Bool>) -> Int64 { «match» o { Some(True) -> 1, None -> 0 } }',
    'add an arm: Some(False) -> …',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «3» -> 1, _ -> 2 } }',
    'remove it, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «0» -> 1, _ -> 2 } }',
    'remove it, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «9» -> 1, _ -> 2 } }',
    'remove it, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «0..9» -> 1, _ -> 2 } }',
    'remove it, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { 0..9 -> 0, «2..4» -> 1, _ -> 2 } }',
    'remove it, or move it up',
  ],
  [
    'UNREACHABLE_ARM',
    'function f(n: Int64) -> Int64 { match n { «9..1» -> 0, _ -> 2 } }',
    'the smaller number stands first; both ends belong to the range',
  ],
  ['NON_EXHAUSTIVE_MATCH', 'function f(n: Int64) -> Int64 { «match» n { 0..9 -> 0, 10 -> 1 } }', 'add an arm: _ -> …'],
  ['UNREACHABLE_ARM', 'function f(n: Int64) -> Int64 { match n { _ -> 0, «1» -> 1 } }', 'remove it, or move it up'],
];

test.each(CASES)('%s points at the place and says the mend: %s', (code, source, hint) => {
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
