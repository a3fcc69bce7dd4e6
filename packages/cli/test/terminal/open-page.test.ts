import { expect, test } from '@jest/globals';
import { canOpenPage, openCommand } from '../../src/terminal/open-page.ts';

const desktop = { env: { DISPLAY: ':0' }, isTerminal: true, platform: 'linux' as const, isContainer: false };

test('a page is opened on a desktop only: not in CI, over SSH, in a container, without a display or a terminal', () => {
  expect(canOpenPage(desktop)).toBe(true);
  expect(canOpenPage({ ...desktop, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true);
  expect(canOpenPage({ ...desktop, platform: 'darwin', env: {} })).toBe(true);
  const never = [
    { ...desktop, env: {} },
    { ...desktop, isTerminal: false },
    { ...desktop, isContainer: true },
    { ...desktop, env: { DISPLAY: ':0', CI: '1' } },
    { ...desktop, env: { DISPLAY: ':0', SSH_CONNECTION: 'x' } },
  ];
  expect(never.map(canOpenPage)).toEqual([false, false, false, false, false]);
});

test('the URL is one argument of the command on every system', () => {
  const url = 'http://127.0.0.1:4707/status?a=1&b=2';
  expect(openCommand(url, 'linux')).toEqual(['xdg-open', url]);
  expect(openCommand(url, 'darwin')).toEqual(['open', url]);
  expect(openCommand(url, 'win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', url]);
});
