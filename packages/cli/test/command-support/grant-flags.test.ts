import { expect, test } from '@jest/globals';
import { ParsedArgs } from '../../src/arguments/command-grammar.ts';
import { grantsOf } from '../../src/command-support/grant-flags.ts';

const grants = (...grant: string[]): unknown => grantsOf(new ParsedArgs({ grant }), '/srv');

test('--grant sets the capabilities of a component, with folders relative to the current one', () => {
  expect(grants()).toBeUndefined();
  expect(grants('time', 'random', 'env=LANG', 'env=TZ', 'files=data', 'files=/srv/out:rw')).toEqual({
    time: true,
    random: true,
    env: ['LANG', 'TZ'],
    files: [
      { path: '/srv/data', access: 'ro' },
      { path: '/srv/out', access: 'rw' },
    ],
  });
});

test.each(['network=example.com', 'time=yes', 'env=1A', 'env=', 'files=', 'all', '__proto__'])(
  '--grant %s is a usage error',
  (text) => {
    expect(() => grants(text)).toThrow('--grant must be time, random, env=NAME, files=DIR or files=DIR:rw');
  },
);
