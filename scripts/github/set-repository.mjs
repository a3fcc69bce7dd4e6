// Writes the address of the repository into every package before it is packed: npm refuses a provenance whose repository is not the one
// of the package. A fork publishes with its own address.
//
//   node scripts/github/set-repository.mjs <owner>/<repository> [<root>]
import console from 'node:console';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const [name = '', root = fileURLToPath(new URL('../..', import.meta.url))] = process.argv.slice(2);
if (/^[\w.-]+\/[\w.-]+$/.test(name)) {
  const url = `https://github.com/${name}`;
  for (const room of readdirSync(join(root, 'packages'))) {
    const path = join(root, 'packages', room, 'package.json');
    const manifest = {
      ...JSON.parse(readFileSync(path, 'utf8')),
      repository: { type: 'git', url: `git+${url}.git`, directory: `packages/${room}` },
      homepage: `${url}#readme`,
      bugs: { url: `${url}/issues` },
    };
    writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  }
} else {
  console.error('usage: set-repository.mjs <owner>/<repository> [<root>]');
  process.exitCode = 2;
}
