import { readFile, stat } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { ClarityError, type RemoteTls } from '@clarity-runtime/core';
import { networkCodeOf } from './network-failure.ts';
import type { Environment } from './options.ts';

/** Largest file of certificates or of a key. */
const MAX_FILE_BYTES = 1024 * 1024;

/** TLS options of connections to one upstream. Certificates are always verified. */
export interface TlsSettings {
  readonly rejectUnauthorized: true;
  readonly ca?: readonly (string | Buffer)[];
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/**
 * Reads the files of `spec.origin.tls`. Node replaces its CAs by `ca`, so its own CAs and those of NODE_EXTRA_CA_CERTS are
 * added to the file.
 * @throws ClarityError MANIFEST_INVALID when a file cannot be read or is larger than 1 MiB.
 */
export async function readTlsSettings(tls: RemoteTls | undefined, environment: Environment): Promise<TlsSettings> {
  const { caFile, certFile, keyFile, serverName } = tls ?? {};
  const extra = environment['NODE_EXTRA_CA_CERTS'];
  const ca = caFile === undefined ? undefined : [await certificates(caFile, 'caFile')];
  if (ca !== undefined && extra !== undefined && extra !== '') ca.push(await readFile(extra).catch(() => Buffer.of()));
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ...ca.filter(({ length }) => length > 0)] }),
    ...(certFile === undefined ? {} : { cert: await certificates(certFile, 'certFile') }),
    ...(keyFile === undefined ? {} : { key: await readBoundedFile(keyFile, 'keyFile') }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

async function certificates(path: string, name: string): Promise<Buffer> {
  const bytes = await readBoundedFile(path, name);
  if (bytes.includes('-----BEGIN')) return bytes;
  throw unusable(path, name, 'has no certificate in PEM form');
}

async function readBoundedFile(path: string, name: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_FILE_BYTES) return await readFile(path);
  } catch (error) {
    throw unusable(path, name, `cannot be read (${networkCodeOf(error as Error)})`);
  }
  throw unusable(path, name, `is larger than ${String(MAX_FILE_BYTES)} bytes`);
}

const unusable = (path: string, name: string, problem: string): ClarityError =>
  new ClarityError('MANIFEST_INVALID', `the file '${path}' ${problem}`, { field: `spec.origin.tls.${name}` });
