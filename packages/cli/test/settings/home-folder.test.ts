import { expect, test } from '@jest/globals';
import { homeFolder } from '../../src/settings/home-folder.ts';

test('[first-hour.40] homeFolder is CLARITY_HOME, otherwise the data folder of the system', () => {
  const env = { HOME: '/home/me' };
  expect(homeFolder({ ...env, CLARITY_HOME: '/srv/clarity' }, 'linux')).toBe('/srv/clarity');
  expect(homeFolder(env, 'linux')).toBe('/home/me/.local/share/clarity-runtime');
  expect(homeFolder({ ...env, XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/clarity-runtime');
  // XDG Base Directory Specification: a relative path is invalid and ignored.
  expect(homeFolder({ ...env, XDG_DATA_HOME: 'data' }, 'linux')).toBe('/home/me/.local/share/clarity-runtime');
  expect(homeFolder(env, 'darwin')).toBe('/home/me/Library/Application Support/clarity-runtime');
  expect(homeFolder({ ...env, LOCALAPPDATA: '/l' }, 'win32')).toBe('/l/clarity-runtime');
});

test.each(['relative', '/a\nb'])('T-442 CLARITY_HOME %j is refused with exit code 2', (CLARITY_HOME) => {
  expect(() => homeFolder({ CLARITY_HOME })).toThrow(expect.objectContaining({ exitCode: 2 }));
});
