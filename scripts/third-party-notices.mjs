/** The licences of what a bundle holds of others: whoever passes it on has to pass them on. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One text for the packages that these files, relative to `root`, are of. Rejects when one has no licence file. */
export async function thirdPartyNotices(root, files) {
  const folders = files.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const notices = [...new Set(folders.filter(Boolean))].sort().map((folder) => noticeOf(join(root, folder)));
  return (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n\n`);
}

async function noticeOf(folder) {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${(await readFile(join(folder, licence), 'utf8')).trim()}\n`;
}
