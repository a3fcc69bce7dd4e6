import { expect, test } from '@jest/globals';
import { IMPLEMENTED_IMPORTS } from '../../src/imports/import-table.ts';
import {
  BYTES_GOLDENS,
  JSON_GOLDENS,
  LIST_GOLDENS,
  MAP_GOLDENS,
  NUMBER_GOLDENS,
  TIME_GOLDENS,
} from './data-goldens.ts';
import { callImport, hostOver } from './host-fixture.ts';
import { TEXT_GOLDENS } from './text-goldens.ts';

const GOLDENS = [
  ...TEXT_GOLDENS,
  ...NUMBER_GOLDENS,
  ...LIST_GOLDENS,
  ...BYTES_GOLDENS,
  ...MAP_GOLDENS,
  ...JSON_GOLDENS,
  ...TIME_GOLDENS,
];

/** Imports without a result to compare. Other tests cover them. */
const ELSEWHERE = [
  '__alloc arena_save arena_restore arena_restore_keeping_str memory_stats',
  'list_tail list_reverse list_concat',
  'print_string print_no_newline print_int print_float print_stderr log_info log_warn',
  'now sleep random_int random_float exit',
].flatMap((names) => names.split(' '));

test.each(GOLDENS)('%s', (signature, ...cases) => {
  for (const [args, result] of cases) {
    const { state } = hostOver();
    expect({ args, result: callImport({ state }, signature, JSON.stringify(args)) }).toEqual({ args, result });
  }
});

test('every implemented import has a golden case', () => {
  const tested = new Set([...ELSEWHERE, ...GOLDENS.map(([signature]) => signature.slice(0, signature.indexOf('(')))]);
  expect(Array.from(IMPLEMENTED_IMPORTS).filter((name) => !tested.has(name))).toEqual([]);
});
