// Finds Chromium, or installs Debian's package when this process may. Prints the path of the program.
import { execFileSync } from 'node:child_process';
import console from 'node:console';
import { existsSync } from 'node:fs';
import process from 'node:process';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const find = () => places.find((path) => path !== undefined && path !== '' && existsSync(path));

const run = (...command) => execFileSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });

if (find() === undefined && process.getuid?.() === 0) {
  run('apt-get', 'update', '-qq');
  run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
}
const path = find();
if (path === undefined) {
  console.error('Chromium was not found: install it, or set CHROMIUM_PATH to its program.');
  process.exit(1);
}
console.log(path);
