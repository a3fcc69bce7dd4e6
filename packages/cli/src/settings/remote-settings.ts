import { z } from 'zod';
import type { Setting } from './setting.ts';
import { gate, list, wholeNumber, type SwitchSetting } from './values.ts';

const MIN_MS = 100;
const MAX_MS = 120_000;
const MIN_BYTES = 1024;
const MAX_BYTES = 10_485_760;
const MAX_CONCURRENT = 256;

/** Settings of remote services. */
export const remoteSettings = {
  remoteAllowedHosts: {
    variables: ['CLARITY_REMOTE_ALLOWED_HOSTS'],
    schema: list,
    fallback: [],
    expects: 'comma-separated host names',
    describe: 'allowed hosts of remote endpoints',
    fallbackText: 'all hosts',
  } as Setting<readonly string[]>,
  remoteDenyPrivate: {
    variables: ['CLARITY_REMOTE_DENY_PRIVATE'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'reject endpoints in private networks',
  } as Setting<SwitchSetting>,
  remoteTimeoutMs: {
    variables: ['CLARITY_REMOTE_DEFAULT_TIMEOUT_MS'],
    schema: wholeNumber(MIN_MS, MAX_MS),
    fallback: 20_000,
    expects: `a number of milliseconds from ${String(MIN_MS)} to ${String(MAX_MS)}`,
    describe: 'milliseconds that a request to a remote service may be idle, unless the manifest sets them',
  } as Setting<number>,
  remoteMaxPayloadBytes: {
    variables: ['CLARITY_REMOTE_MAX_PAYLOAD_BYTES'],
    schema: wholeNumber(MIN_BYTES, MAX_BYTES),
    fallback: 1_048_576,
    expects: `a number of bytes from ${String(MIN_BYTES)} to ${String(MAX_BYTES)}`,
    describe: 'size limit of one message to or from a remote service in bytes, unless the manifest sets one',
  } as Setting<number>,
  remoteMaxConcurrency: {
    variables: ['CLARITY_REMOTE_MAX_CONCURRENCY'],
    schema: wholeNumber(1, MAX_CONCURRENT),
    fallback: 8,
    expects: `a number from 1 to ${String(MAX_CONCURRENT)}`,
    describe: 'maximum number of concurrent requests to a remote service, unless the manifest sets one',
  } as Setting<number>,
  remoteAuthVariables: {
    variables: ['CLARITY_REMOTE_AUTH_ENV_ALLOWLIST'],
    schema: list,
    fallback: [],
    expects: 'comma-separated names of environment variables',
    describe: 'environment variables besides CLARITY_REMOTE_AUTH_* that an auth reference may name over MCP',
  } as Setting<readonly string[]>,
  tlsChecked: {
    variables: ['NODE_TLS_REJECT_UNAUTHORIZED'],
    schema: z.string().transform((text) => text !== '0'),
    fallback: true,
    expects: 'anything',
    describe: '`0` is ignored with a warning: certificates of upstreams are always verified',
  } as Setting<boolean>,
} as const;
