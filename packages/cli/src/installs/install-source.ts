import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError, usageError } from '../support/cli-error.ts';
import { MAX_BUNDLE_BYTES, openBundle, type OpenBundle } from './bundle-server.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { isRegistryName, registryServer } from './registry-server.ts';
import { parseServerDocument, type ServerDocument } from './server-document.ts';

const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** The thing that `install` names. */
export type InstallSource =
  | { readonly type: 'document'; readonly document: ServerDocument; readonly status: string; readonly from: string }
  | { readonly type: 'bundle'; readonly bundle: OpenBundle; readonly from: string };

/** Where a source is read. */
export interface SourceOptions {
  readonly cwd: string;
  readonly registry: URL;
  /** Reads standard input. */
  readonly piped: () => Promise<string>;
  /** SHA-256 that a bundle must have. */
  readonly sha256?: string | undefined;
}

/** Reads a path, `-`, the name of a server in a registry, or an https URL. Starts nothing. */
export async function installSource(named: string, options: SourceOptions): Promise<InstallSource> {
  if (named === '-') return documentOf(Buffer.from(await options.piped()), 'standard input');
  if (/^https?:\/\//i.test(named)) return sourceOfBytes(await download(named), named, options.sha256);
  const path = resolve(options.cwd, named);
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile && isRegistryName(named)) {
    const { document, status } = await registryServer(options.registry, named);
    return { type: 'document', document, status, from: options.registry.host };
  }
  if (!isFile) {
    const hint =
      'write the path of a server.json or .mcpb file, an https address, or a name such as io.github.user/server';
    throw usageError(`'${named}' is neither a file nor the name of a server in a registry`, hint);
  }
  const { size } = await stat(path);
  if (size > MAX_BUNDLE_BYTES) throw new CliError(`${named} is larger than ${String(MAX_BUNDLE_BYTES)} bytes`);
  return sourceOfBytes(await readFile(path), named, options.sha256);
}

/** Downloads a bundle or a document. @throws CliError when the answer is not 200, or too large. */
export async function download(address: string): Promise<Uint8Array> {
  if (!URL.canParse(address)) throw usageError('the address is not a URL');
  const url = new URL(address);
  const { status, bytes } = await fetchBytes(url, { maxBytes: MAX_BUNDLE_BYTES, accept: '*/*' });
  if (status !== 200) throw new CliError(`${url.host} answered with status ${String(status)}`);
  return bytes;
}

function sourceOfBytes(bytes: Uint8Array, from: string, sha256: string | undefined): InstallSource {
  // Every ZIP archive begins with these two letters.
  const isArchive = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (isArchive || /\.(?:mcpb|dxt)$/i.test(from)) return { type: 'bundle', bundle: openBundle(bytes, sha256), from };
  return documentOf(bytes, from);
}

function documentOf(bytes: Uint8Array, from: string): InstallSource {
  if (bytes.length > MAX_DOCUMENT_BYTES)
    throw new CliError(`${from} is larger than ${String(MAX_DOCUMENT_BYTES)} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    );
  } catch (error) {
    throw new CliError(`${from} is not JSON`, { cause: error });
  }
  return { type: 'document', document: parseServerDocument(value), status: 'active', from };
}
