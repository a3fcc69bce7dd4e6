/** License texts of the third-party packages in a bundle; they must be distributed with it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns the license texts of the packages of `files`, which are relative to `root`. Throws when one has no license file. */
export async function thirdPartyNotices(root, files) {
  const folders = files.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const notices = [...new Set(folders.filter(Boolean))].sort().map((folder) => noticeOf(join(root, folder)));
  return (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n\n`);
}

async function noticeOf(folder) {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) throw new Error(`${name} has no license file`);
  return `${name} ${version}\n\n${(await readFile(join(folder, licence), 'utf8')).trim()}\n`;
}
