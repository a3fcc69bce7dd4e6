import { join } from 'node:path';

/** The values of a login service. All paths are absolute. */
export interface LoginService {
  /** Path of Node. */
  readonly node: string;
  /** Path of `clarityd`. */
  readonly daemon: string;
  /** Workspace of the daemon. */
  readonly home: string;
  readonly port: number;
  /** PATH of the installing shell: login services lack the folders of nvm and Homebrew. */
  readonly path: string;
}

/** A file to write and the commands that enable and disable it. */
export interface LoginServicePlan {
  readonly kind: 'systemd' | 'launchd' | 'schtasks';
  /** Absent where the system has no file for it. */
  readonly file?: { readonly path: string; readonly text: string };
  readonly enable: readonly (readonly string[])[];
  readonly disable: readonly (readonly string[])[];
  readonly query: readonly string[];
  /** A further step of the user. */
  readonly note?: string;
}

export interface LoginServicePlace {
  readonly platform: NodeJS.Platform;
  /** Folder of the user. */
  readonly user: string;
  readonly uid: number;
  readonly configHome?: string | undefined;
}

const UNIT = 'clarity-runtime.service';
const LABEL = 'dev.clarity-runtime';

/** Returns the plan of the system: a systemd user unit, a launchd agent or a scheduled task. */
export function loginServicePlan(service: LoginService, place: LoginServicePlace): LoginServicePlan {
  if (place.platform === 'darwin') return launchd(service, place);
  return place.platform === 'win32' ? scheduled(service) : systemd(service, place);
}

function systemd(service: LoginService, { user, configHome }: LoginServicePlace): LoginServicePlan {
  const folder = join(configHome ?? join(user, '.config'), 'systemd', 'user');
  const control = ['systemctl', '--user'];
  return {
    kind: 'systemd',
    file: { path: join(folder, UNIT), text: unitText(service) },
    enable: [
      [...control, 'daemon-reload'],
      [...control, 'enable', '--now', UNIT],
    ],
    disable: [[...control, 'disable', '--now', UNIT]],
    query: [...control, 'is-active', UNIT],
    note: 'the daemon ends with the last session of this user; `loginctl enable-linger` keeps it',
  };
}

/** Exit codes 2, 3 and 4 are errors of settings, store and port: another start does not help. */
export const unitText = ({ node, daemon, home, port, path }: LoginService): string => `[Unit]
Description=Clarity Runtime
After=network.target

[Service]
ExecStart=${[node, daemon, '--workspace', home, '--port', String(port)].map(commandWord).join(' ')}
Environment=${unitWord(`PATH=${path}`)}
EnvironmentFile=-${plainPath(join(home, 'env'))}
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2 3 4
KillMode=mixed
TimeoutStopSec=20
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;

/** systemd.syntax(7), "Quoting", and systemd.unit(5), "Specifiers": `%` is escaped by doubling. */
const unitWord = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('\n', '\\n')}"`;

/** In a command line `$` is escaped too (systemd.service(5), "Command lines"). */
const commandWord = (text: string): string => unitWord(text).replaceAll('$', '$$$$');

/** A setting with one path is not quoted. `homeFolder` refuses control characters. */
const plainPath = (path: string): string => path.replaceAll('%', '%%');

function launchd(service: LoginService, { user, uid }: LoginServicePlace): LoginServicePlan {
  const path = join(user, 'Library', 'LaunchAgents', `${LABEL}.plist`);
  const domain = `gui/${String(uid)}`;
  return {
    kind: 'launchd',
    file: { path, text: plistText(service) },
    enable: [['launchctl', 'bootstrap', domain, path]],
    disable: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
    query: ['launchctl', 'print', `${domain}/${LABEL}`],
  };
}

export const plistText = ({
  node,
  daemon,
  home,
  port,
  path,
}: LoginService): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${[node, daemon, '--workspace', home, '--port', String(port)].map((word) => `    <string>${xmlText(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict><key>PATH</key><string>${xmlText(path)}</string></dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>StandardOutPath</key><string>${xmlText(join(home, 'clarityd.log'))}</string>
  <key>StandardErrorPath</key><string>${xmlText(join(home, 'clarityd.log'))}</string>
</dict>
</plist>
`;

const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function scheduled({ node, daemon, home, port }: LoginService): LoginServicePlan {
  const run = [node, daemon, '--workspace', home, '--port', String(port)].map((word) => `"${word}"`).join(' ');
  const name = ['/tn', 'Clarity Runtime'];
  return {
    kind: 'schtasks',
    enable: [['schtasks', '/create', '/f', '/sc', 'onlogon', '/rl', 'limited', ...name, '/tr', run]],
    disable: [['schtasks', '/delete', '/f', ...name]],
    query: ['schtasks', '/query', ...name],
    note: 'the task starts at the next login; this form was not run on Windows',
  };
}
