import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptRegistry, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import { isStoreError, parseManifest, sha256Hex } from '@clarity-runtime/core';
import { codeOf } from '../support/error-text.ts';
import { ExitCode, CliError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';

/** Whether `registry.json` can be read and is as the daemon wrote it. */
export async function registryDetail({ cwd }: CommandContext): Promise<string> {
  const path = join(runtimeFolder(cwd), 'registry.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'no registry here yet';
    throw error;
  }
  const { changes, services, integrity } = documentOf(path, text);
  const digest = sha256Hex(Buffer.from(JSON.stringify({ changes, services })));
  if (integrity !== undefined && integrity.digest !== digest) {
    throw new CliError(`${path} was changed by hand, or is damaged`, {
      hint: 'when the change is wanted: clarityctl doctor --accept-registry; else start clarityd, which takes its good copy',
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
      hint: 'start clarityd: it takes its good copy when there is one, and says so when there is none',
      cause,
    });
  }
}

/** Takes a registry that was edited by hand, after every record of it was checked. The daemon must not run. */
export async function takeEditedRegistry({ cwd, output }: CommandContext): Promise<number> {
  try {
    const accepted = await acceptRegistry({
      root: cwd,
      validate: (manifest) => {
        parseManifest(manifest);
      },
    });
    if (output.json) output.value({ ok: true, ...accepted });
    else
      output.line(
        `${String(accepted.services)} services accepted; what stood there is kept in ${accepted.backup}`,
        'good',
      );
    return ExitCode.done;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    throw new CliError(`the registry is not accepted: ${error.message}`, {
      hint:
        error.kind === 'conflict'
          ? 'end the daemon first: clarityctl daemon stop'
          : 'nothing was changed; correct what is named',
      cause: error,
    });
  }
}
