// Deletes the output of removed sources: tsc does not delete it, and it would be published.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const packages = process.argv[2] ?? fileURLToPath(new URL('../packages', import.meta.url));

for (const name of readdirSync(packages)) {
  const dist = join(packages, name, 'dist');
  if (!existsSync(dist)) continue;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    // Output of other tools has no declarations and is kept.
    if (!entry.isFile() || !entry.name.endsWith('.d.ts')) continue;
    const built = join(entry.parentPath, entry.name).slice(0, -'.d.ts'.length);
    if (existsSync(join(packages, name, 'src', `${relative(dist, built)}.ts`))) continue;
    for (const end of ['.js', '.js.map', '.d.ts', '.d.ts.map']) rmSync(built + end, { force: true });
  }
}
