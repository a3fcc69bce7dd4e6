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

test('--grant network names hosts, and methods those that change something', () => {
  expect(grants('network=api.example.com', 'network=*.example.org:8443')).toEqual({
    network: { hosts: ['api.example.com', '*.example.org:8443'] },
  });
  expect(grants('methods=GET,POST', 'methods=GET', 'network=localhost:80')).toEqual({
    network: { hosts: ['localhost:80'], methods: ['GET', 'POST'] },
  });
  expect(() => grants('methods=GET')).toThrow('--grant methods needs --grant network=HOST');
});

test.each([
  'network=https://example.com',
  'network=*',
  'network=',
  'methods=TRACE',
  'methods=',
  'time=yes',
  'env=1A',
  'env=',
  'files=',
  'all',
  '__proto__',
])('--grant %s is a usage error', (text) => {
  expect(() => grants(text)).toThrow(
    '--grant must be time, random, env=NAME, files=DIR, files=DIR:rw, network=HOST or',
  );
});
