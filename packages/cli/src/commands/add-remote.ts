import { resolve } from 'node:path';
import { remote } from '@clarity-runtime/core';
import { usageError } from '../support/cli-error.ts';
import { webAddress } from '../settings/values.ts';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import { namesFlag, numberFlag, requiredFlag } from '../command-support/flags.ts';
import { noStartFlag, register, startSettings, startTimeoutFlag } from '../command-support/register.ts';

const TIMEOUT_MS = [100, 120_000] as const;
const PAYLOAD_BYTES = [1024, 10_485_760] as const;
const CONCURRENCY = [1, 256] as const;

const flags: Flags = {
  endpoint: { type: 'text', describe: 'URL of the service (required)' },
  module: { type: 'text', describe: 'service name, which is the prefix of its tools (required)' },
  name: { type: 'text', describe: 'display name' },
  transport: { type: 'text', describe: 'streamable_http or sse_http', fallbackText: 'streamable_http' },
  'auth-ref': {
    type: 'text',
    describe: 'credential reference: NAME, env:VAR, file:relative/path or header_env:Header:VAR',
  },
  ca: { type: 'text', describe: 'file with the certificates of a private CA (PEM)' },
  proxy: { type: 'text', describe: 'inherit, none or the URL of a proxy', fallbackText: 'inherit' },
  'timeout-ms': { type: 'text', describe: 'timeout of one request in milliseconds' },
  'allow-tools': { type: 'texts', describe: 'comma-separated list of visible tools; all others are hidden' },
  'deny-tools': { type: 'texts', describe: 'comma-separated list of hidden tools' },
  'max-payload-bytes': { type: 'text', describe: 'size limit of one request or response in bytes' },
  'max-concurrency': { type: 'text', describe: 'maximum number of concurrent requests' },
  ...startTimeoutFlag,
  ...noStartFlag,
};

export const addRemote: Command = {
  syntax: 'add-remote',
  describe: 'register an MCP service behind a URL and start it',
  flags,
  run: async (given, session) => {
    const denyTools = namesFlag(given, 'deny-tools');
    const endpoint = endpointOf(given);
    const manifest = remote(endpoint, {
      module: requiredFlag(given, 'module'),
      displayName: given.text('name'),
      transport: transportOf(given),
      authRef: given.text('auth-ref'),
      tls: caOf(given),
      proxy: given.text('proxy'),
      timeoutMs: numberFlag(given, 'timeout-ms', TIMEOUT_MS),
      maxPayloadBytes: numberFlag(given, 'max-payload-bytes', PAYLOAD_BYTES),
      maxConcurrency: numberFlag(given, 'max-concurrency', CONCURRENCY),
      allowedTools: namesFlag(given, 'allow-tools'),
      policy: denyTools && { denyTools },
      start: startSettings(given),
    });
    return register(session, given, { manifest, flags });
  },
};

/** Checks the form of the URL; the daemon checks the rest. A query is allowed, because some endpoints need it. */
function endpointOf(given: ParsedArgs): string {
  const text = requiredFlag(given, 'endpoint');
  const { search, hash } = URL.canParse(text) ? new URL(text) : { search: '', hash: '' };
  const bare = search === '' ? text : text.replace(search, '');
  if (hash === '' && webAddress.safeParse(bare).success) return text;
  throw usageError(
    '--endpoint must be an http or https URL without a user name or a fragment',
    'name the credential with --auth-ref',
  );
}

/** The daemon reads the file, so that its path becomes absolute here. */
function caOf(given: ParsedArgs): { readonly caFile: string } | undefined {
  const file = given.text('ca');
  return file === undefined ? undefined : { caFile: resolve(file) };
}

function transportOf(given: ParsedArgs): 'streamable_http' | 'sse_http' {
  const text = given.text('transport') ?? 'streamable_http';
  if (text === 'streamable_http' || text === 'sse_http') return text;
  throw usageError(`--transport must be streamable_http or sse_http, not '${text}'`);
}
