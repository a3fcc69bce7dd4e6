import { resolve } from 'node:path';
import { remote, type EnvironmentEntry, type Manifest } from '@clarity-runtime/core';
import { usageError } from '../support/cli-error.ts';
import { webAddress } from '../settings/values.ts';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import { numberFlag, requiredFlag } from '../command-support/flags.ts';
import { policyFlags, policyOf } from '../command-support/policy-flags.ts';
import { noStartFlag, register, startSettings, startTimeoutFlag } from '../command-support/register.ts';

/** Limits of remotes that are members of the origin. */
const TIMEOUT_MS = [100, 120_000] as const;

/** Flags of a remote service. */
export const remoteFlags: Flags = {
  transport: { type: 'text', describe: 'streamable_http or sse_http', fallbackText: 'streamable_http' },
  'auth-ref': {
    type: 'text',
    describe: 'credential reference: NAME, env:VAR, file:relative/path or header_env:Header:VAR',
  },
  ca: { type: 'text', describe: 'file with the certificates of a private CA (PEM)' },
  proxy: { type: 'text', describe: 'inherit, none or the URL of a proxy', fallbackText: 'inherit' },
};

const flags: Flags = {
  endpoint: { type: 'text', describe: 'URL of the service (required)' },
  module: { type: 'text', describe: 'service name, which is the prefix of its tools (required)' },
  name: { type: 'text', describe: 'display name' },
  ...remoteFlags,
  ...policyFlags,
  ...startTimeoutFlag,
  ...noStartFlag,
};

export const addRemote: Command = {
  syntax: 'add-remote',
  describe: 'register an MCP service behind a URL and start it',
  flags,
  run: (given, session) =>
    register(session, given, {
      manifest: remoteManifest(given, {
        endpoint: requiredFlag(given, 'endpoint'),
        field: '--endpoint',
        module: requiredFlag(given, 'module'),
      }),
      flags,
    }),
};

/** URL and name of a remote service, its headers and parameters. */
interface RemoteTarget {
  readonly endpoint: string;
  /** Name of the URL for errors. */
  readonly field: string;
  readonly module: string;
  readonly headers?: readonly EnvironmentEntry[];
  readonly query?: readonly EnvironmentEntry[];
}

/** Returns the manifest of a remote service by the flags of `add-remote`. */
export function remoteManifest(
  given: ParsedArgs,
  { endpoint: text, field, module, headers = [], query = [] }: RemoteTarget,
): Manifest {
  const timeoutMs = numberFlag(given, 'timeout-ms', TIMEOUT_MS);
  const { denyTools, maxTimeoutMs, allowTools, maxRequestBytes, maxConcurrency } = policyOf(given) ?? {};
  const policy = { ...(denyTools && { denyTools }), ...(maxTimeoutMs && { maxTimeoutMs }) };
  const endpoint = endpointOf(text, field);
  return remote(endpoint, {
    module,
    headers: headers.length === 0 ? undefined : headers,
    query: query.length === 0 ? undefined : query,
    displayName: given.text('name'),
    transport: transportOf(given),
    authRef: given.text('auth-ref'),
    tls: caOf(given),
    proxy: given.text('proxy'),
    timeoutMs,
    maxPayloadBytes: maxRequestBytes,
    maxConcurrency,
    allowedTools: allowTools,
    policy: Object.keys(policy).length === 0 ? undefined : policy,
    start: startSettings(given),
  });
}

/** Checks the form of the URL; the daemon checks the rest. A query is allowed, because some endpoints need it. */
function endpointOf(given: string, field: string): string {
  const text = given.trim();
  if (/^[a-z]+:\/\/[^/?#]*\$\{/i.test(text)) {
    throw usageError(
      `${field} has a placeholder in its host, which is not expanded`,
      'write the host in full; ${env:NAME} and ${secret:REF} are expanded in its path and query',
    );
  }
  const { search, hash } = URL.canParse(text) ? new URL(text) : { search: '', hash: '' };
  const bare = search === '' ? text : text.replace(search, '');
  if (hash === '' && webAddress.safeParse(bare).success) return text;
  throw usageError(
    `${field} must be an http or https URL without a user name or a fragment`,
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
