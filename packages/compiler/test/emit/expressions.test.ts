import { expect, test } from '@jest/globals';
import { evaluate } from '../support/program.ts';

test.each([
  ['Int64', '1 + 2 * 3', 7n],
  ['Int64', '10 - 2 - 3', 5n],
  ['Int64', '-7 / 2', -3n],
  ['Int64', '-7 % 3', -1n],
  ['Int64', '-9223372036854775808', -(2n ** 63n)],
  ['Int64', '9223372036854775807 + 1', -(2n ** 63n)],
  ['Int64', '-{ 5 }', -5n],
  ['Int64', '-(-9223372036854775808)', -(2n ** 63n)],
  ['Float64', '-{ 0.5 }', -0.5],
  ['Float64', '7.5 % 2.0', 1.5],
  ['Float64', '1.0 / 0.0', Infinity],
  ['Bool', '1 < 2', true],
  ['Bool', '1.5 >= 1.5', true],
  ['Bool', '!(1 == 1)', false],
  ['Bool', 'True != False', true],
  ['Bool', '"a" ++ "b" == "ab"', true],
  ['Bool', '"a" != "a"', false],
  ['Bool', 'True and False or True', true],
  ['String', '"a" ++ "b" ++ "c"', 'abc'],
  ['String', '"Åsa 🙂"', 'Åsa 🙂'],
  ['String', '"x${int_to_string(1 + 1)}y${"z"}"', 'x2yz'],
  ['String', '"""\nraw "quotes" ${no}"""', 'raw "quotes" ${no}'],
  ['List<Int64>', '[1, 2, 3]', [1n, 2n, 3n]],
  ['List<Float64>', '[0.5, 1.5]', [0.5, 1.5]],
  ['List<List<Bool>>', '[[True], []]', [[true], []]],
  ['Option<Int64>', 'Some(3)', { some: 3n }],
  ['Option<Option<String>>', 'Some(None)', { some: null }],
  ['Result<Float64, String>', 'Ok(0.5)', { ok: 0.5 }],
  ['Result<Float64, String>', 'Err("no")', { err: 'no' }],
  ['Result<Unit, String>', 'Ok({})', { ok: undefined }],
])('a function with result %s and body %s returns %p', (type, body, expected) => {
  expect(evaluate(type, body)).toEqual(expected);
});
