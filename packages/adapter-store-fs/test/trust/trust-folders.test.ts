import { expect, test } from '@jest/globals';
import { trustFolders } from '../../src/trust/trust-folders.ts';

test('R28a trust folders follow the XDG variables, the home folder or --trust-store', () => {
  const at = (environment: Record<string, string>, trustStore?: string) =>
    trustFolders({ environment, trustStore, platform: 'linux' });
  expect(at({ HOME: '/h' })).toEqual({ key: '/h/.config/clarity', state: '/h/.local/state/clarity' });
  expect(at({ HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' })).toEqual({
    key: '/c/clarity',
    state: '/s/clarity',
  });
  expect(at({ HOME: '/h', XDG_CONFIG_HOME: 'relative', XDG_STATE_HOME: '' }).key).toBe('/h/.config/clarity');
  expect(at({ HOME: '/h' }, '/t')).toEqual({ key: '/t', state: '/t/state' });
});
