import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Import this file first: it moves the folders of the user below one temporary folder, for this process and for every program
 * that it starts. Tests, measurements and scripts never read or write the key and the records of the developer.
 */
const home = (process.env.CLARITY_TEST_HOME ??= join(tmpdir(), `clarity-test-home-${process.pid}`));
for (const [name, folder] of [
  ['XDG_CONFIG_HOME', 'config'],
  ['XDG_STATE_HOME', 'state'],
  ['APPDATA', 'config'],
]) {
  process.env[name] = join(home, folder);
  mkdirSync(process.env[name], { recursive: true, mode: 0o700 });
}
