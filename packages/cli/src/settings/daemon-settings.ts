import { isAbsolute } from 'node:path';
import type { Verb } from '@clarity-runtime/core';
import { z } from 'zod';
import { auditSettings } from './audit-settings.ts';
import { circuitSettings } from './circuit-settings.ts';
import { interfaceSettings } from './interface-settings.ts';
import { oauthSettings } from './oauth-settings.ts';
import { TOKEN_VARIABLES, tokenFdSetting, tokenFileSetting } from './token-source.ts';
import { trustSettings } from './trust-settings.ts';
import { sharingSettings, storeSettings } from './store-settings.ts';
import { remoteSettings } from './remote-settings.ts';
import type { ResolvedSettings, Setting } from './setting.ts';
import {
  approvalGate,
  gate,
  list,
  mcpVerbs,
  token,
  webAddress,
  webOrigins,
  wholeNumber,
  words,
  type SwitchSetting,
} from './values.ts';

const MAX_FUNCTION_MS = 120_000;
const MIN_TELEMETRY = 262_144;
const MAX_TELEMETRY = 67_108_864;
const DISK = { least: 1_048_576, most: 1_099_511_627_776 };

/** All settings of `clarityd`. Nothing else in the daemon reads flags or environment variables. */
export const daemonSettings = {
  port: {
    flag: 'port',
    alias: 'p',
    variables: ['CLARITYD_PORT'],
    schema: wholeNumber(0, 65_535),
    fallback: 4707,
    expects: 'a number from 0 to 65535',
    describe: 'port to listen on; 0 selects a free one',
  } as Setting<number>,
  host: {
    flag: 'host',
    variables: ['CLARITYD_HOST'],
    schema: z.string().regex(/^[A-Za-z0-9.:_%-]+$/),
    fallback: '127.0.0.1',
    expects: 'an address or a host name of this machine',
    describe:
      'address to listen on; other than loopback requires a token. Without it, and with localhost: 127.0.0.1 and [::1]',
  } as Setting<string>,
  authToken: {
    flag: 'auth-token',
    variables: TOKEN_VARIABLES,
    schema: token,
    fallback: undefined,
    expects: 'visible ASCII characters without blanks',
    describe: 'token required from every request; visible in `ps`, so prefer --auth-token-file',
    secret: true,
  } as Setting<string | undefined>,
  authTokenFile: tokenFileSetting,
  authTokenFd: tokenFdSetting,
  workspace: {
    flag: 'workspace',
    variables: [],
    schema: z.string().min(1),
    fallback: '.',
    expects: 'a folder',
    describe: 'folder whose .clarity contains the state',
    fallbackText: 'the current folder',
  } as Setting<string>,
  allowedHosts: {
    variables: ['CLARITYD_ALLOWED_HOSTS'],
    schema: list,
    fallback: [],
    expects: 'comma-separated host names',
    describe: 'accepted Host names besides loopback',
  } as Setting<readonly string[]>,
  publicUrl: {
    flag: 'public-url',
    variables: ['CLARITYD_PUBLIC_URL'],
    schema: webAddress.refine((url) => url.pathname === '/'),
    fallback: undefined,
    expects: 'an address like https://clarity.example without a path',
    describe: 'address that users open, of a proxy with TLS; https makes the cookie of the page Secure',
  } as Setting<URL | undefined>,
  ...oauthSettings,
  allowedOrigins: {
    variables: ['CLARITYD_ALLOWED_ORIGINS'],
    schema: webOrigins,
    fallback: [],
    expects: 'comma-separated origins like https://app.example',
    describe: 'exact web origins of browser clients that may use /mcp',
  } as Setting<readonly string[]>,
  childEnv: {
    variables: ['CLARITYD_CHILD_ENV'],
    schema: list,
    fallback: [],
    expects: 'comma-separated names of variables',
    describe: 'variables that child processes inherit besides the documented list; -NAME removes one',
  } as Setting<readonly string[]>,
  maxToolName: {
    variables: ['CLARITYD_MAX_TOOL_NAME'],
    schema: wholeNumber(24, 64),
    fallback: 42,
    expects: 'a number from 24 to 64',
    describe: 'maximum length of tool names on /mcp',
  } as Setting<number>,
  toolPrefix: {
    variables: ['CLARITYD_TOOL_PREFIX'],
    schema: z.enum(['always', 'collision']),
    fallback: 'always',
    expects: 'always or collision',
    describe: 'prefix tools of /mcp with the service name: always, or only on a name collision',
  } as Setting<'always' | 'collision'>,
  localServiceTools: {
    variables: ['CLARITYD_LOCAL_SERVICE_TOOLS'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'list health_check and describe_service of local modules; without it they are callable only',
  } as Setting<SwitchSetting>,
  functionTimeoutMs: {
    variables: ['CLARITY_LOCAL_FN_TIMEOUT_MS'],
    schema: wholeNumber(1, MAX_FUNCTION_MS),
    fallback: 2000,
    expects: `a number of milliseconds from 1 to ${String(MAX_FUNCTION_MS)}`,
    describe: 'timeout of one call of a local function in milliseconds, unless the manifest sets one',
  } as Setting<number>,
  wasmHost: {
    variables: ['CLARITYD_WASM_HOST'],
    schema: z.enum(['process', 'thread']),
    fallback: 'process',
    expects: 'process or thread',
    describe: 'where local modules run: `process` is child processes, `thread` is threads of the daemon',
  } as Setting<'process' | 'thread'>,
  telemetryMaxBytes: {
    variables: ['CLARITYD_TELEMETRY_MAX_BYTES'],
    schema: wholeNumber(MIN_TELEMETRY, MAX_TELEMETRY),
    fallback: 4 * 1024 * 1024,
    expects: `a number of bytes from ${String(MIN_TELEMETRY)} to ${String(MAX_TELEMETRY)}`,
    describe: 'retention of audit events in bytes; the oldest are dropped first',
  } as Setting<number>,
  maxDiskBytes: {
    variables: ['CLARITYD_MAX_DISK_BYTES'],
    schema: wholeNumber(DISK.least, DISK.most),
    fallback: 1_073_741_824,
    expects: `a number of bytes from ${String(DISK.least)} to ${String(DISK.most)}`,
    describe: 'maximum bytes of the manifests and modules that one caller registers',
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
    describe: 'allow MCP clients to register services; `approve` requires `clarityctl approvals` for each',
  } as Setting<SwitchSetting>,
  mcpGrants: {
    variables: ['CLARITYD_MCP_GRANTS'],
    schema: mcpVerbs,
    fallback: undefined,
    expects: 'comma-separated grants: read, call, inspect, operate, login, provision, secrets',
    describe: 'grants of MCP clients without a token of their own; provision and secrets need their own switch as well',
    fallbackText: 'read,call,inspect,operate',
  } as Setting<readonly Verb[] | undefined>,
  requireToken: {
    variables: ['CLARITYD_REQUIRE_TOKEN'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'refuse every request without a credential, also from this machine; on with --public-url',
  } as Setting<SwitchSetting>,
  mcpCommands: {
    variables: ['CLARITY_ENABLE_MCP_COMMANDS'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'allow MCP clients to register services that run commands on this machine',
  } as Setting<SwitchSetting>,
  ...trustSettings,
  ...storeSettings,
  ...sharingSettings,
  ...remoteSettings,
  ...circuitSettings,
  ...interfaceSettings,
  ...auditSettings,
  compilerBin: {
    variables: ['CLARITYC_BIN'],
    schema: z.string().min(1),
    fallback: undefined,
    expects: 'a program',
    describe: 'compiler for apps that MCP clients bootstrap, instead of the built-in one',
  } as Setting<string | undefined>,
  compilerInstall: {
    variables: ['CLARITY_ENABLE_COMPILER_INSTALL'],
    schema: gate,
    fallback: { open: false },
    expects: '1, true or yes',
    describe: 'allow runtime__ensure_compiler to run an installer of the allow-list',
  } as Setting<SwitchSetting>,
  compilerInstallAllowlist: {
    variables: ['CLARITY_COMPILER_INSTALL_ALLOWLIST'],
    schema: list,
    fallback: [],
    expects: 'comma-separated program names',
    describe: 'programs that may install a compiler; shells and interpreters are not allowed',
  } as Setting<readonly string[]>,
  compilerInstallCommand: {
    variables: ['CLARITY_COMPILER_INSTALL_CMD'],
    schema: words,
    fallback: [],
    expects: 'a command',
    describe: 'installer command when the client names none',
  } as Setting<readonly string[]>,
} as const;

export type DaemonSettings = ResolvedSettings<typeof daemonSettings>;
