import { join } from 'node:path';
import { acceptRegistry, ownFiles, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import { isStoreError, parseManifest } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { codeOf } from '../support/error-text.ts';
import { ExitCode, CliError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';

/** Checks that `registry.json` is readable and unchanged since the daemon wrote it. */
export async function registryDetail({ cwd }: CommandContext): Promise<string> {
  const path = join(runtimeFolder(cwd), 'registry.json');
  let text: string;
  try {
    text = Buffer.from(await ownFiles(cwd).read(path)).toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'no registry yet';
    throw error;
  }
  const { changes, services, integrity } = documentOf(path, text);
  const digest = sha256Hex(Buffer.from(JSON.stringify({ changes, services })));
  if (integrity !== undefined && integrity.digest !== digest) {
    throw new CliError(`${path} was edited by hand or is damaged`, {
      hint: 'accept the edit with clarityctl doctor --accept-registry, or start clarityd, which restores the backup',
    });
  }
  return `${path}: ${String(Array.isArray(services) ? services.length : 0)} services`;
}

interface RegistryText {
  readonly changes?: unknown;
  readonly services?: unknown;
  readonly integrity?: { readonly digest?: unknown };
}

function documentOf(path: string, text: string): RegistryText {
  try {
    return Object(JSON.parse(text)) as RegistryText;
  } catch (cause) {
    throw new CliError(`${path} is not JSON`, {
      hint: 'start clarityd: it restores the backup, or reports that no backup exists',
      cause,
    });
  }
}

/** Accepts a registry that was edited by hand, after checking every record. The daemon must not run. */
export async function takeEditedRegistry({ cwd, output }: CommandContext): Promise<number> {
  try {
    const accepted = await acceptRegistry({
      root: cwd,
      validate: (manifest) => {
        parseManifest(manifest);
      },
    });
    if (output.json) output.value({ ok: true, ...accepted });
    else output.line(`${String(accepted.services)} services accepted; the previous file is ${accepted.backup}`, 'good');
    return ExitCode.done;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    throw new CliError(`the registry is not accepted: ${error.message}`, {
      hint:
        error.kind === 'conflict'
          ? 'stop the daemon first: clarityctl daemon stop'
          : 'nothing was changed; correct the named record',
      cause: error,
    });
  }
}
