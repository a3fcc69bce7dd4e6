import { z } from 'zod';
import { CliError } from '../support/cli-error.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { parseServerDocument, type ServerDocument } from './server-document.ts';

const OFFICIAL = 'io.modelcontextprotocol.registry/official';
const MAX_REPLY_BYTES = 1024 * 1024;
const reply = z.object({
  server: z.unknown(),
  _meta: z.object({ [OFFICIAL]: z.object({ status: z.string().optional() }).optional() }).optional(),
});

/** A server of a registry. */
export interface RegistryServer {
  readonly document: ServerDocument;
  /** `active`, `deprecated` or `deleted`. */
  readonly status: string;
}

/** Pattern of a name with an optional version: `reverse.dns/name[@version]`. */
const NAME = /^([A-Za-z0-9][A-Za-z0-9.-]*\/[A-Za-z0-9][\w.-]*)(?:@([\w.+-]+))?$/;

/** Returns whether a text is the name of a server in a registry. */
export const isRegistryName = (text: string): boolean => NAME.test(text) && !/^\.{0,2}\//.test(text);

/**
 * Reads a server of a registry (API v0.1: `GET /v0.1/servers/{name}/versions/{version}`).
 * @throws CliError when the registry does not answer, does not know the name, or its answer is not a server.
 */
export async function registryServer(base: URL, named: string): Promise<RegistryServer> {
  const [, name = '', version = 'latest'] = NAME.exec(named) ?? [];
  const path = `v0.1/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
  const url = new URL(path, base.href.endsWith('/') ? base.href : `${base.href}/`);
  const { status, bytes } = await fetchBytes(url, { maxBytes: MAX_REPLY_BYTES, accept: 'application/json' });
  if (status === 404) throw new CliError(`the registry ${base.host} does not have '${named}'`);
  if (status !== 200) throw new CliError(`the registry ${base.host} answered with status ${String(status)}`);
  const read = reply.safeParse(jsonOf(bytes));
  if (!read.success) throw new CliError(`the answer of ${base.host} is not one of a registry (API v0.1)`);
  const document = parseServerDocument(read.data.server);
  if (document.name !== name) throw new CliError(`the registry ${base.host} returned another server than '${name}'`);
  return { document, status: read.data._meta?.[OFFICIAL]?.status ?? 'active' };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
