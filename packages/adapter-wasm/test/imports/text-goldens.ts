/** An import as Clarity declares it, then pairs of arguments and the result, computed by hand. */
export type Golden = readonly [signature: string, ...cases: (readonly [args: readonly unknown[], result: unknown])[]];

const SMILE = '\u{1f642}';

export const TEXT_GOLDENS: readonly Golden[] = [
  ['string_concat(String,String)->String', [['foo', 'bar'], 'foobar'], [['', ''], ''], [['Å', SMILE], `Å${SMILE}`]],
  [
    'string_eq(String,String)->Bool',
    [['a', 'a'], true],
    [['a', 'b'], false],
    [['', ''], true],
    [['é', 'e\u0301'], false],
  ],
  ['string_length(String)->Int64', [[''], 0], [[`a${SMILE}b`], 4], [['Åsa'], 3]],
  [
    'substring(String,Int64,Int64)->String',
    [['hello', 1, 3], 'ell'],
    [['hello', 3, 99], 'lo'],
    [['hello', 9, 1], ''],
    [['hello', -1, 3], 'he'],
    [['hello', 2, -1], ''],
    [['hello', 1, '9223372036854775807'], 'ello'],
    [[SMILE, 0, 1], '\ufffd'],
  ],
  [
    'char_at(String,Int64)->String',
    [['abc', 1], 'b'],
    [['abc', 3], ''],
    [['abc', -1], ''],
    [[`a${SMILE}b`, 1], '\ufffd'],
  ],
  ['contains(String,String)->Bool', [['abc', 'bc'], true], [['abc', ''], true], [['abc', 'x'], false]],
  ['string_starts_with(String,String)->Bool', [['abc', 'ab'], true], [['abc', 'b'], false]],
  ['string_ends_with(String,String)->Bool', [['abc', 'bc'], true], [['abc', 'b'], false]],
  ['index_of(String,String)->Int64', [['abcabc', 'c'], 2], [['abc', 'x'], -1], [[`${SMILE}x`, 'x'], 2]],
  ['trim(String)->String', [[' \t a b\n'], 'a b']],
  ['trim_start(String)->String', [[' a '], 'a ']],
  ['trim_end(String)->String', [[' a '], ' a']],
  ['to_uppercase(String)->String', [['straße'], 'STRASSE']],
  ['to_lowercase(String)->String', [['ÅBC'], 'åbc']],
  [
    'split(String,String)->List<String>',
    [
      ['a,b,,c', ','],
      ['a', 'b', '', 'c'],
    ],
    [['', ','], ['']],
    [
      ['abc', ''],
      ['a', 'b', 'c'],
    ],
    [['abc', 'x'], ['abc']],
  ],
  ['split_lines(String)->List<String>', [['a\r\nb\nc'], ['a', 'b', 'c']], [['a\n'], ['a', '']]],
  ['chars(String)->List<String>', [[`a${SMILE}b`], ['a', SMILE, 'b']], [[''], []]],
  [
    'string_replace(String,String,String)->String',
    [['a.b.c', '.', '--'], 'a--b--c'],
    [['abc', '', 'x'], 'abc'],
    [['aaa', 'aa', 'b'], 'ba'],
    [['price', 'r', '$&$1'], 'p$&$1ice'],
  ],
  [
    'string_repeat(String,Int64)->String',
    [['ab', 3], 'ababab'],
    [['ab', 0], ''],
    [['ab', -5], ''],
    [['', '9223372036854775807'], ''],
  ],
  [
    'pad_left(String,Int64,String)->String',
    [['7', 3, '0'], '007'],
    [['abc', 2, '0'], 'abc'],
    [['a', 6, 'xy'], 'xyxyxa'],
    [['a', 5, ''], 'a'],
  ],
  ['pad_right(String,Int64,String)->String', [['7', 3, '.'], '7..'], [['7', -3, '.'], '7']],
  ['char_code(String)->Int64', [['A'], 65], [[SMILE], 128_578], [[''], 0]],
  ['char_from_code(Int64)->String', [[65], 'A'], [[128_578], SMILE], [[0xd83d], '\ufffd']],
  ['url_encode(String)->String', [['a b&c=Å/'], 'a%20b%26c%3D%C3%85%2F']],
  ['url_decode(String)->String', [['a%20b'], 'a b'], [['100%'], '100%']],
  ['regex_match(String,String)->Bool', [['^a+$', 'aaa'], true], [['^a+$', 'ab'], false], [['(', 'x'], false]],
  [
    'regex_captures(String,String)->Option<List<String>>',
    [
      ['(\\d+)-(x)?', 'id 42-'],
      ['42-', '42', ''],
    ],
    [['z', 'a'], null],
    [['(', 'a'], null],
  ],
  ['sha256(String)->String', [['abc'], 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad']],
];
