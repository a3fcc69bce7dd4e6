import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packAll } from './tarballs.mjs';

/**
 * Fills an empty folder with one tarball per package, `sbom.cdx.json` (CycloneDX, production dependencies) and `SHA256SUMS`
 * over all of them. Returns the packages as `packAll` does. Throws when the folder has files: the checksums would cover them.
 */
export function packRelease(root, folder) {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  const packed = packAll(root, folder);
  const sbom = execFileSync(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only', '--workspaces'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom);
  const digests = readdirSync(folder)
    .sort()
    .map((name) => `${sha256(join(folder, name))}  ${name}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), digests.join(''));
  return packed;
}

/** Returns the problems of a folder that `packRelease` filled. */
export function releaseProblems(folder) {
  const names = readdirSync(folder).sort();
  const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  const listed = lines.map((line) => line.slice(66));
  const components = new Set(
    JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8')).components.map(({ name }) => name),
  );
  return [
    ...names.filter((name) => name !== 'SHA256SUMS' && !listed.includes(name)).map((name) => `${name} has no checksum`),
    ...lines
      .filter((line) => sha256(join(folder, line.slice(66))) !== line.slice(0, 64))
      .map((line) => `wrong: ${line}`),
    ...(components.has('ajv') ? [] : ['the SBOM lacks ajv']),
    ...(components.has('jest') ? ['the SBOM lists jest'] : []),
  ];
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
