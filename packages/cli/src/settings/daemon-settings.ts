import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { circuitSettings } from './circuit-settings.ts';
import { remoteSettings } from './remote-settings.ts';
import type { ResolvedSettings, Setting } from './setting.ts';
import { approvalGate, gate, list, token, wholeNumber, words, type SwitchSetting } from './values.ts';

const MAX_FUNCTION_MS = 120_000;
const MIN_TELEMETRY = 262_144;
const MAX_TELEMETRY = 67_108_864;

/** Everything that `clarityd` can be told. Nothing else in the daemon reads a flag or the environment. */
export const daemonSettings = {
  port: {
    flag: 'port',
    alias: 'p',
    variables: ['CLARITYD_PORT'],
    schema: wholeNumber(0, 65_535),
    fallback: 4707,
    expects: 'a number from 0 to 65535',
    describe: 'port to listen on; 0 takes a free one',
  } as Setting<number>,
  host: {
    flag: 'host',
    variables: ['CLARITYD_HOST'],
    schema: z.string().regex(/^[A-Za-z0-9.:_%-]+$/),
    fallback: '127.0.0.1',
    expects: 'an address or a host name of this machine',
    describe: 'address to listen on; beyond loopback only with a token',
  } as Setting<string>,
  authToken: {
    flag: 'auth-token',
    variables: ['CLARITYD_AUTH_TOKEN', 'CLARITY_API_TOKEN'],
    schema: token,
    fallback: undefined,
    expects: 'visible ASCII characters without blanks',
    describe: 'token that every request must carry; others can see it in `ps`, so prefer CLARITYD_AUTH_TOKEN',
    secret: true,
  } as Setting<string | undefined>,
  workspace: {
    flag: 'workspace',
    variables: [],
    schema: z.string().min(1),
    fallback: '.',
    expects: 'a folder',
    describe: 'folder whose .clarity holds the state',
    fallbackText: 'the current folder',
  } as Setting<string>,
  allowedHosts: {
    variables: ['CLARITYD_ALLOWED_HOSTS'],
    schema: list,
    fallback: [],
    expects: 'host names with commas between',
    describe: 'names besides loopback that a request may be addressed to',
  } as Setting<readonly string[]>,
  maxToolName: {
    variables: ['CLARITYD_MAX_TOOL_NAME'],
    schema: wholeNumber(24, 64),
    fallback: 42,
    expects: 'a number from 24 to 64',
    describe: 'longest tool name on /mcp',
  } as Setting<number>,
  toolPrefix: {
    variables: ['CLARITYD_TOOL_PREFIX'],
    schema: z.enum(['always', 'collision']),
    fallback: 'always',
    expects: 'always or collision',
    describe: 'which tools of /mcp have the name of their service before theirs: all, or those whose names clash',
  } as Setting<'always' | 'collision'>,
  functionTimeoutMs: {
    variables: ['CLARITY_LOCAL_FN_TIMEOUT_MS'],
    schema: wholeNumber(1, MAX_FUNCTION_MS),
    fallback: 2000,
    expects: `a number of milliseconds from 1 to ${String(MAX_FUNCTION_MS)}`,
    describe: 'time that one call of a local function may take, where its manifest says nothing',
  } as Setting<number>,
  telemetryMaxBytes: {
    variables: ['CLARITYD_TELEMETRY_MAX_BYTES'],
    schema: wholeNumber(MIN_TELEMETRY, MAX_TELEMETRY),
    fallback: 4 * 1024 * 1024,
    expects: `a number of bytes from ${String(MIN_TELEMETRY)} to ${String(MAX_TELEMETRY)}`,
    describe: 'bytes of audit events that are kept; the oldest go first',
  } as Setting<number>,
  authFileRoot: {
    variables: ['CLARITY_REMOTE_AUTH_FILE_ROOT'],
    schema: z.string().refine(isAbsolute),
    fallback: undefined,
    expects: 'an absolute path',
    describe: 'folder of `file:` credentials',
    fallbackText: '.clarity/secrets of the workspace',
  } as Setting<string | undefined>,
  mcpProvisioning: {
    variables: ['CLARITY_ENABLE_MCP_PROVISIONING'],
    schema: approvalGate,
    fallback: { open: false },
    expects: '1, true, yes or approve',
    describe: 'lets MCP clients register services; with `approve` each waits for `clarityctl approvals`',
  } as Setting<SwitchSetting>,
  mcpCommands: {
    variables: ['CLARITY_ENABLE_MCP_COMMANDS'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'lets what MCP clients register be commands of this machine',
  } as Setting<SwitchSetting>,
  ...remoteSettings,
  ...circuitSettings,
  compilerBin: {
    variables: ['CLARITYC_BIN'],
    schema: z.string().min(1),
    fallback: undefined,
    expects: 'a program',
    describe: 'compiler for apps that MCP clients bootstrap, in place of the one that is built in',
  } as Setting<string | undefined>,
  compilerInstall: {
    variables: ['CLARITY_ENABLE_COMPILER_INSTALL'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'lets runtime__ensure_compiler run an installer that the allow-list names',
  } as Setting<SwitchSetting>,
  compilerInstallAllowlist: {
    variables: ['CLARITY_COMPILER_INSTALL_ALLOWLIST'],
    schema: list,
    fallback: [],
    expects: 'names of programs with commas between',
    describe: 'programs that may install a compiler; no shells and no interpreters',
  } as Setting<readonly string[]>,
  compilerInstallCommand: {
    variables: ['CLARITY_COMPILER_INSTALL_CMD'],
    schema: words,
    fallback: [],
    expects: 'a command',
    describe: 'what is run when the client names no installer',
  } as Setting<readonly string[]>,
} as const;

export type DaemonSettings = ResolvedSettings<typeof daemonSettings>;
