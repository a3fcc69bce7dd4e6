import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loginServicePlan, plistText, unitText, type LoginService } from '../../src/daemon/login-service.ts';

const service: LoginService = {
  node: '/usr/bin/node',
  daemon: '/home/me/.local/share/clarity-runtime/app/current/node_modules/clarity-runtime/bin/clarityd.js',
  home: '/home/me/.local/share/clarity-runtime',
  port: 4707,
  path: '/home/me/.nvm/bin:/usr/bin',
};
const place = { user: '/home/me', uid: 1000 };

test('[first-hour.40] the plan of Linux is a systemd user unit', () => {
  expect(loginServicePlan(service, { ...place, platform: 'linux' })).toMatchSnapshot();
});

test('[first-hour.40] the plan of macOS is a launchd agent', () => {
  expect(loginServicePlan(service, { ...place, platform: 'darwin' })).toMatchSnapshot();
});

test('[first-hour.40] the plan of Windows is a scheduled task', () => {
  const windows = {
    ...service,
    node: 'C:\\Program Files\\nodejs\\node.exe',
    daemon: 'C:\\app\\clarityd.js',
    home: 'C:\\h',
  };
  expect(loginServicePlan(windows, { ...place, platform: 'win32' })).toMatchSnapshot();
});

test('T-442 a path cannot add a line, a specifier or a variable to a unit, nor an element to a property list', () => {
  const odd = { ...service, home: '/home/%h/$HOME/"x"\\y/<&>' };
  expect(unitText(odd)).toContain('"/home/%%h/$$HOME/\\"x\\"\\\\y/<&>"');
  expect(plistText(odd)).toContain('<string>/home/%h/$HOME/&quot;x&quot;\\y/&lt;&amp;&gt;</string>');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const lines = unitText({ ...service, path: text }).split('\n');
      expect(lines).toHaveLength(unitText(service).split('\n').length);
      expect(plistText({ ...service, path: text }).match(/<string>/g)).toHaveLength(
        plistText(service).match(/<string>/g)?.length ?? 0,
      );
    }),
  );
});
