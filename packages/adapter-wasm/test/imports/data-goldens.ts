import type { Golden } from './text-goldens.ts';

const LEAST = '-9223372036854775808';
const MOST = '9223372036854775807';
const NESTED = '{"a":{"b":[10,{"c":"deep"}]},"n":null,"big":9007199254740993}';

export const NUMBER_GOLDENS: readonly Golden[] = [
  ['int_to_float(Int64)->Float64', [[3], 3], [[MOST], 2 ** 63]],
  ['float_to_int(Float64)->Int64', [[3.9], 3], [[-3.9], -3], [[-0.5], 0]],
  ['int_to_string(Int64)->String', [[LEAST], LEAST], [[0], '0']],
  ['float_to_string(Float64)->String', [[1], '1'], [[1e21], '1e+21'], [[0.1], '0.1'], [['NaN'], 'NaN']],
  [
    'string_to_int(String)->Option<Int64>',
    [[' 42 '], 42],
    [['-7'], -7],
    [['1.5'], null],
    [[''], null],
    [['+1'], null],
    [[MOST], MOST],
    [['9223372036854775808'], null],
    [['-9223372036854775809'], null],
  ],
  [
    'string_to_float(String)->Option<Float64>',
    [[' 1.5 '], 1.5],
    [['-2e3'], -2000],
    [['x'], null],
    [[''], null],
    [['NaN'], null],
    [['Infinity'], 'Infinity'],
  ],
  ['abs_int(Int64)->Int64', [[-5], 5], [[5], 5], [[LEAST], LEAST]],
  ['min_int(Int64,Int64)->Int64', [[2, -3], -3]],
  ['max_int(Int64,Int64)->Int64', [[2, -3], 2]],
  ['int_clamp(Int64,Int64,Int64)->Int64', [[5, 0, 3], 3], [[-5, 0, 3], 0], [[2, 0, 3], 2]],
  ['float_clamp(Float64,Float64,Float64)->Float64', [[5, 0, 3], 3], [[-5, 0, 3], 0], [['NaN', 0, 1], 'NaN']],
  ['sqrt(Float64)->Float64', [[9], 3], [[-1], 'NaN']],
  ['floor(Float64)->Float64', [[-1.5], -2]],
  ['ceil(Float64)->Float64', [[1.2], 2]],
  ['log(Float64)->Float64', [[1], 0], [[0], '-Infinity']],
  ['log2(Float64)->Float64', [[8], 3]],
  ['log10(Float64)->Float64', [[1000], 3]],
  ['exp(Float64)->Float64', [[0], 1]],
  ['sin(Float64)->Float64', [[0], 0]],
  ['cos(Float64)->Float64', [[0], 1]],
  ['tan(Float64)->Float64', [[0], 0]],
  ['pow(Float64,Float64)->Float64', [[2, 10], 1024]],
  ['atan2(Float64,Float64)->Float64', [[0, 1], 0], [[1, 1], Math.PI / 4]],
  ['f64_rem(Float64,Float64)->Float64', [[7.5, 2], 1.5], [[-7, 2], -1], [[1, 0], 'NaN']],
];

export const LIST_GOLDENS: readonly Golden[] = [
  ['list_length(List<String>)->Int64', [[['a', 'b']], 2], [[[]], 0]],
  ['list_get_i64(List<Int64>,Int64)->Int64', [[[7, 8, MOST], 2], MOST]],
  ['list_get_i32(List<String>,Int64)->String', [[['a', 'b'], 1], 'b']],
  ['list_head_i64(List<Int64>)->Int64', [[[7, 8]], 7]],
  [
    'list_append_i64(List<Int64>,Int64)->List<Int64>',
    [
      [[1], 2],
      [1, 2],
    ],
  ],
  [
    'list_append_i64(List<Float64>,Int64)->List<Float64>',
    [
      [[1.5], 0],
      [1.5, 0],
    ],
  ],
  ['list_append_i32(List<String>,String)->List<String>', [[[], 'a'], ['a']]],
  [
    'list_set_i64(List<Int64>,Int64,Int64)->List<Int64>',
    [
      [[1, 2, 3], 1, 9],
      [1, 9, 3],
    ],
  ],
  [
    'list_set_i32(List<Bool>,Int64,Bool)->List<Bool>',
    [
      [[true, true], 0, false],
      [false, true],
    ],
  ],
];

export const BYTES_GOLDENS: readonly Golden[] = [
  ['bytes_new(Int64)->Bytes', [[3], 'AAAA'], [[0], '']],
  ['bytes_length(Bytes)->Int64', [['AAEC'], 3]],
  ['bytes_get(Bytes,Int64)->Int64', [['AAH/', 2], 255]],
  ['bytes_set(Bytes,Int64,Int64)->Bytes', [['AAEC', 1, 255], 'AP8C'], [['AAEC', 0, 257], 'AQEC']],
  ['bytes_slice(Bytes,Int64,Int64)->Bytes', [['AAEC', 1, 9], 'AQI='], [['AAEC', 5, 1], ''], [['AAEC', -1, 2], 'AA==']],
  ['bytes_concat(Bytes,Bytes)->Bytes', [['AA==', 'AQI='], 'AAEC']],
  ['bytes_from_string(String)->Bytes', [['Å'], 'w4U=']],
  ['bytes_to_string(Bytes)->String', [['w4U='], 'Å'], [['/w=='], '\ufffd']],
];

export const MAP_GOLDENS: readonly Golden[] = [
  ['map_new()->Map<String,String>', [[], {}]],
  ['map_size(Map<String,Int64>)->Int64', [[{ a: 1, b: 2 }], 2]],
  ['map_has_str(Map<String,Int64>,String)->Bool', [[{ a: 1 }, 'a'], true], [[{ a: 1 }, '__proto__'], false]],
  ['map_has_i64(Map<Int64,Int64>,Int64)->Bool', [[{ '1': 1 }, 1], true], [[{}, 1], false]],
  ['map_get_str_i32(Map<String,String>,String)->Option<String>', [[{ a: 'x' }, 'a'], 'x'], [[{}, 'a'], null]],
  ['map_get_str_i64(Map<String,Float64>,String)->Option<Float64>', [[{ a: 1.5 }, 'a'], 1.5], [[{}, 'a'], null]],
  ['map_get_i64_i32(Map<Int64,Bool>,Int64)->Option<Bool>', [[{ '-1': true }, -1], true]],
  ['map_get_i64_i64(Map<Int64,Int64>,Int64)->Option<Int64>', [[{ '1': MOST }, 1], MOST]],
  [
    'map_set_str_i32(Map<String,String>,String,String)->Map<String,String>',
    [[{ b: 'x' }, 'a', 'y'], { b: 'x', a: 'y' }],
  ],
  ['map_set_str_i64(Map<String,Int64>,String,Int64)->Map<String,Int64>', [[{ a: 1 }, 'a', 2], { a: 2 }]],
  ['map_set_i64_i32(Map<Int64,String>,Int64,String)->Map<Int64,String>', [[{}, 5, 'v'], { '5': 'v' }]],
  ['map_set_i64_i64(Map<Int64,Int64>,Int64,Int64)->Map<Int64,Int64>', [[{}, LEAST, 1], { [LEAST]: 1 }]],
  [
    'map_remove_str(Map<String,Int64>,String)->Map<String,Int64>',
    [[{ a: 1, b: 2 }, 'a'], { b: 2 }],
    [[{ a: 1 }, 'z'], { a: 1 }],
  ],
  ['map_remove_i64(Map<Int64,Int64>,Int64)->Map<Int64,Int64>', [[{ '1': 1 }, 1], {}]],
  ['map_keys_str(Map<String,Int64>)->List<String>', [[{ b: 1, a: 2 }], ['b', 'a']]],
  ['map_keys_i64(Map<Int64,Int64>)->List<Int64>', [[{ '3': 1, '-4': 2 }], [3, -4]]],
  ['map_values_i32(Map<String,String>)->List<String>', [[{ b: 'x', a: 'y' }], ['x', 'y']]],
  ['map_values_i64(Map<String,Float64>)->List<Float64>', [[{ b: 1.5, a: 'NaN' }], [1.5, 'NaN']]],
];

export const JSON_GOLDENS: readonly Golden[] = [
  [
    'json_parse(String)->Option<Map<String,String>>',
    [['{"a":1,"b":"x","c":null,"d":true}'], { a: '1', b: 'x', c: 'null', d: 'true' }],
    [['{"a":{}}'], null],
    [['[1]'], null],
    [['{'], null],
  ],
  [
    'json_parse_object(String)->Result<Map<String,String>,String>',
    [['{"a":{"b":[1, 2]},"__proto__":"x"}'], JSON.parse('{"a":"{\\"b\\":[1,2]}","__proto__":"x"}')],
    [['[]'], { err: 'the JSON is not an object' }],
    [['{'], { err: 'not valid JSON: it ends too early' }],
  ],
  [
    'json_stringify(Map<String,String>)->String',
    [[{ n: '-1.5e3', t: 'true', s: 'a"b', z: '007', e: '' }], '{"n":-1.5e3,"t":true,"s":"a\\"b","z":"007","e":""}'],
  ],
  ['json_stringify_object(Map<String,String>)->String', [[{ n: '1' }], '{"n":"1"}']],
  [
    'json_get(String,String)->Option<String>',
    [[NESTED, 'a'], '{"b":[10,{"c":"deep"}]}'],
    [[NESTED, 'n'], null],
    [[NESTED, 'big'], '9007199254740993'],
    [[NESTED, 'toString'], null],
  ],
  [
    'json_get_path(String,String)->Option<String>',
    [[NESTED, 'a.b'], '[10,{"c":"deep"}]'],
    [[NESTED, 'a.b.0'], null],
    [['x', 'a'], null],
  ],
  [
    'json_get_nested(String,String)->Option<String>',
    [[NESTED, 'a.b.1.c'], 'deep'],
    [[NESTED, 'a.b.0'], '10'],
    [[NESTED, 'a.b.9'], null],
    [[NESTED, 'a.b.length'], null],
  ],
  ['json_array_length(String)->Option<Int64>', [['[1,2]'], 2], [['{}'], null]],
  [
    'json_array_get(String,Int64)->Option<String>',
    [['[1,"x",null]', 1], 'x'],
    [['[1,"x",null]', 2], null],
    [['[1]', -1], null],
    [['[1]', 1], null],
  ],
  ['json_keys(String)->Option<List<String>>', [['{"b":1,"1":2}'], ['b', '1']], [['[]'], null]],
  ['json_escape_string(String)->String', [['a"\n\u0001'], 'a\\"\\n\\u0001']],
];

export const TIME_GOLDENS: readonly Golden[] = [
  [
    'timestamp_to_string(Timestamp)->String',
    [[0], '1970-01-01T00:00:00.000Z'],
    [['2024-02-29'], '2024-02-29T00:00:00.000Z'],
  ],
  ['timestamp_to_int(Timestamp)->Int64', [['1970-01-01T00:00:01Z'], 1000]],
  ['timestamp_from_int(Int64)->Timestamp', [[1500], '1970-01-01T00:00:01.500Z'], [[MOST], MOST]],
  [
    'timestamp_parse_iso(String)->Option<Timestamp>',
    [['1970-01-01'], '1970-01-01T00:00:00.000Z'],
    [['1970-01-01T01:30:00+01:30'], '1970-01-01T00:00:00.000Z'],
    [['1970-01-01T00:00:05'], '1970-01-01T00:00:05.000Z'],
    [['2023-02-30'], null],
    [['yesterday'], null],
    [['2023-13-01'], null],
  ],
  ['timestamp_add(Timestamp,Int64)->Timestamp', [[1000, 500], '1970-01-01T00:00:01.500Z']],
  ['timestamp_diff(Timestamp,Timestamp)->Int64', [[1000, 1500], -500]],
];
