import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inheritedVariables } from '../../src/connector/inherited-variables.ts';

const environment = {
  PATH: '/bin',
  HOME: '/h',
  USER: 'ada',
  LC_ALL: 'C',
  https_proxy: 'http://p',
  NODE_EXTRA_CA_CERTS: '/ca',
  AWS_SECRET_ACCESS_KEY: 's',
  CLARITYD_AUTH_TOKEN: 't',
  CLARITY_REMOTE_AUTH_X: 'c',
  NODE_OPTIONS: '--x',
  SystemRoot: 'C:\\Windows',
};

test.each([
  ['none', 'PATH HOME'],
  ['safe', 'PATH HOME USER LC_ALL https_proxy NODE_EXTRA_CA_CERTS'],
  ['all', 'PATH HOME USER LC_ALL https_proxy NODE_EXTRA_CA_CERTS AWS_SECRET_ACCESS_KEY NODE_OPTIONS SystemRoot'],
] as const)('Q17 mode %s inherits %s', (mode, names) => {
  expect(Object.keys(inheritedVariables(mode, { environment, platform: 'linux' }))).toEqual(names.split(' '));
});

test('M18 the operator adds names to the list and removes others', () => {
  const inherited = inheritedVariables('safe', {
    environment,
    changes: ['AWS_SECRET_ACCESS_KEY', '-USER', 'CLARITYD_AUTH_TOKEN'],
  });
  expect(inherited).toMatchObject({ AWS_SECRET_ACCESS_KEY: 's' });
  expect(inherited).not.toHaveProperty('USER');
  expect(inherited).not.toHaveProperty('CLARITYD_AUTH_TOKEN');
});

test('Q17 system names of Windows are inherited there without regard to case', () => {
  expect(inheritedVariables('none', { environment, platform: 'win32' })).toHaveProperty('SystemRoot');
});

test('Q17 law: no variable outside the list is inherited, and none of the runtime in any mode', () => {
  const name = fc.oneof(
    fc.constantFrom('PATH', 'HOME', 'XDG_CACHE_HOME', 'LC_TIME', 'CLARITY_X', 'Clarityd_Auth_Token'),
    fc.stringMatching(/^[A-Z_]{1,12}$/),
  );
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.string()),
      fc.constantFrom('none' as const, 'safe' as const, 'all' as const),
      (given, mode) => {
        const names = Object.keys(inheritedVariables(mode, { environment: given, platform: 'linux' }));
        expect(names.filter((each) => /^clarity/i.test(each))).toEqual([]);
        if (mode === 'none') expect(names.filter((each) => each !== 'PATH' && each !== 'HOME')).toEqual([]);
        const secret = /(KEY|TOKEN|SECRET|PASSWORD)/;
        if (mode === 'safe') expect(names.filter((each) => secret.test(each))).toEqual([]);
      },
    ),
  );
});
