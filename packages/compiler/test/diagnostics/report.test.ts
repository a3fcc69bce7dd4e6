import { expect, test } from '@jest/globals';
import { check, compile, formatDiagnostic } from '@clarity-runtime/compiler';

test('a file without a module line gets a hint with an example', () => {
  const [first] = check({ file: 'a.clarity', text: 'function f() -> Int64 { 1 }' });
  const hint = 'start the file with a line such as: module my_service';
  expect(first).toMatchObject({ code: 'MISSING_MODULE', line: 1, column: 1, hint });
});

test('a module without functions is EMPTY_MODULE', () => {
  const [first, ...more] = check({ file: 'a.clarity', text: 'module a\ntype P = { x: Int64 }' });
  expect(first).toMatchObject({ code: 'EMPTY_MODULE', line: 1, column: 8 });
  expect(more).toEqual([]);
});

test('formatDiagnostic prints position, source line, underline and hint', () => {
  const text = 'module shop\n\nfunction label(count: Int64) -> String {\n\t"count: " ++ count\n}\n';
  const [diagnostic, ...more] = check({ file: 'shop.clarity', text });
  expect(more).toEqual([]);
  expect(diagnostic && formatDiagnostic(diagnostic)).toBe(
    [
      'error[TYPE_MISMATCH]: an operand of `++` is String, this is Int64',
      ' --> shop.clarity:4:15',
      '  |',
      '4 |  "count: " ++ count',
      '  |               ^^^^^',
      '  = hint: convert it with int_to_string(value)',
    ].join('\n'),
  );
});

test('formatDiagnostic replaces control characters of the source', () => {
  const text = 'module a\nfunction f() -> Int64 { "\u001b[2J\u202e\u0007" }';
  const shown = check({ file: 'a\u001b.clarity', text }).map(formatDiagnostic).join('\n');
  expect(shown).toContain('TYPE_MISMATCH');
  expect(['\u001b', '\u0007', '\u202e'].filter((control) => shown.includes(control))).toEqual([]);
});

test('check returns all errors in source order', () => {
  const text = 'module a\nfunction f() -> Int64 { x }\nfunction g() -> Int64 { "t" }\nfunction h() -> Int64 { y }';
  const compilation = compile({ file: 'a.clarity', text });
  const found = compilation.ok ? [] : compilation.diagnostics.map(({ code, line }) => [code, line]);
  expect(found).toEqual([
    ['UNKNOWN_NAME', 2],
    ['TYPE_MISMATCH', 3],
    ['UNKNOWN_NAME', 4],
  ]);
});

test('columns count UTF-16 code units and lines end with LF, CRLF or CR', () => {
  const text = 'module a\r\n// 🙂\rfunction f() -> String {\n"🙂" ++ oops }';
  expect(check({ file: 'a.clarity', text })[0]).toMatchObject({
    line: 4,
    column: 9,
    length: 4,
    sourceLine: '"🙂" ++ oops }',
  });
});

test('compile returns warnings with the module', () => {
  const compilation = compile({
    file: 'a.clarity',
    text: 'module a\nfunction f(n: Int64) -> Int64 { match n { _ -> 0, 1 -> 1 } }',
  });
  expect(compilation).toMatchObject({ ok: true, warnings: [{ code: 'UNREACHABLE_ARM', severity: 'warning' }] });
});

test('an arm that matches one number more than the ranges above is reachable', () => {
  const arms = '0..9 -> 0, -1 -> 1, 10 -> 2, 0..10 -> 3, -1..9 -> 4, _ -> 5';
  expect(check({ file: 'a.clarity', text: `module a\nfunction f(n: Int64) -> Int64 { match n { ${arms} } }` })).toEqual(
    [],
  );
});
