import { ClarityError, isClarityError, type Failure } from './clarity-error.ts';
import { isStoreError } from './store-error.ts';

/** The words of remedies: operations and options of the library, or commands, flags and variables of the programs. */
export type Words = 'library' | 'program';

/** Replaces the words of a failure for its reader. */
export type FailureWords = (failure: Failure) => Failure;

const quoted = (name = '<service_id>'): string => (/^</.test(name) ? name : `'${name}'`);
const onService =
  (operation: string) =>
  ([name]: readonly string[]): string =>
    `${operation}(caller, ${quoted(name)})`;

/** Operation of the library for each command that a remedy names, by the start of the command. */
const COMMANDS: readonly (readonly [command: string, operation: (args: readonly string[]) => string])[] = [
  [
    'auth set-secret',
    ([ref, ...flags]) =>
      `secrets.set(caller, ${quoted(ref ?? '<reference>')}, value${flags.includes('--host') ? ', { hosts }' : ''})`,
  ],
  ['auth login', ([service]) => `logins.begin(caller, ${quoted(service)}, request)`],
  ['auth status', () => 'logins.report(caller)'],
  ['auth validate', ([ref]) => `secrets.validate(caller, ${quoted(ref)})`],
  ['approvals approve', onService('approvals.approve')],
  ['approvals list', () => 'approvals.list(caller)'],
  ['token create', () => 'tokens.create(caller, request)'],
  ['token rotate', () => 'tokens.rotate(caller, name)'],
  ['token list', () => 'tokens.list(caller)'],
  ['profile list', () => 'profiles.list(caller)'],
  ['policy show', onService('policies.show')],
  ['store upgrade', () => 'upgradeSchema'],
  ['doctor --accept-registry', () => 'acceptRegistry'],
  ['doctor', () => 'storage()'],
  ['apply', () => 'services.apply'],
  ['set', () => 'services.apply'],
  ['enable', () => 'services.apply'],
  ['add-process', () => 'services.apply'],
  ['import', () => 'importClients'],
  ['add-all', () => 'services.apply'],
  ['trust', () => 'trust.trust(caller, digest)'],
  ['logs', ([service]) => `audit.logs(caller, ${quoted(service)}, limit)`],
  ['list', () => 'services.list(caller)'],
  ['start', onService('services.start')],
  ['restart', onService('services.restart')],
  ['unquarantine', onService('services.unquarantine')],
  ['diff', onService('interfaces.review')],
  ['accept', onService('interfaces.accept')],
];
/** Operations that are not members of a runtime. */
const FREE: ReadonlySet<string> = new Set(['upgradeSchema', 'acceptRegistry', 'importClients']);

/** Option of the library for each variable that a remedy names. Variables of credentials are the same for both. */
const OPTIONS: Readonly<Record<string, string>> = {
  CLARITYD_ALLOWED_HOSTS: 'allowedHosts',
  CLARITYD_AUTH_TOKEN: 'token',
  CLARITYD_AUTH_TOKEN_FILE: 'token',
  CLARITYD_LOCAL_SERVICE_TOOLS: 'localServiceTools',
  CLARITYD_MAX_DISK_BYTES: 'maxDiskBytes',
  CLARITYD_MAX_TOOL_NAME: 'maxToolName',
  CLARITYD_PUBLIC_URL: 'publicUrl',
  CLARITY_COMPILER_INSTALL_ALLOWLIST: 'allowlist` of `compilerInstaller',
  CLARITY_COMPILER_INSTALL_CMD: 'command` of `compilerInstaller',
  CLARITY_ENABLE_COMPILER_INSTALL: 'enabled` of `compilerInstaller',
  CLARITY_ENABLE_MCP_COMMANDS: 'mcpCommands',
  CLARITY_ENABLE_MCP_PROVISIONING: 'mcpProvisioning',
  CLARITY_STORE_INSECURE: 'isInsecureAllowed',
  CLARITY_REMOTE_ALLOWED_HOSTS: 'allowedHosts` of `httpConnector',
  CLARITYC_BIN: 'compiler',
};

/** Phrases about the programs, in the order of their replacement. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\bstart clarityd with\b/g, 'set'],
  [/, and restart clarityd\b/g, ' and create the runtime again'],
  [/\bwhere clarityd starts\b/g, 'in the environment of the program'],
  [/\b(?:register it|register the service|register) with clarityctl\b/g, 'register it with `runtime.services.apply`'],
  [/\buse clarityctl auth\b/g, 'use `runtime.secrets`'],
  [/\b(?:use clarityctl or the status page|use clarityctl)\b/g, 'use a caller with this verb'],
  [/\bfor example clarityctl\b/g, 'for example `embeddedCaller`'],
  [/\ba page that clarityd itself serves\b/g, 'a page that this server serves'],
  [/\bthe log of clarityd\b/g, 'the lines of `onError`'],
  [/\bcompile it again with clarityc\b/g, 'compile it again'],
  [/, or --module,/g, ','],
  [/--public-url\b/g, '`publicUrl`'],
  [/--compiler-bin \(or CLARITYC_BIN\)/g, '`compiler`'],
  [/\bclarity(?:d|c|ctl)\b/g, 'the program'],
];

/** A command between backticks, or after a colon at the end of a text. Longer ones do not exist. */
const COMMAND = /`(?:npx )?clarityctl ([^`]{1,300})`|: clarityctl (approvals approve \S{1,100})$/g;
const VARIABLE = /\b(CLARITY[A-Z]{0,4}_(?!REMOTE_AUTH_)[A-Z_]{1,60})(?:=(\w{1,20}))?/g;
/** A quick test, because most texts name no program. */
const NAMES_PROGRAM = /clarity[dc]|CLARITY|--(?:module|public-url)/;

/** Returns a remedy or a message in the words of the library. Linear in the length of the text. */
export function toLibraryWords(text: string): string {
  if (!NAMES_PROGRAM.test(text)) return text;
  const operated = text.replace(COMMAND, (_whole: string, quotedCommand?: string, plain?: string) =>
    plain === undefined ? operationOf(quotedCommand ?? '') : `: ${operationOf(plain)}`,
  );
  const worded = PHRASES.reduce((sentence, [phrase, own]) => sentence.replace(phrase, own), operated);
  return worded.replace(VARIABLE, (_whole, name: string, value?: string) => optionOf(name, value));
}

function operationOf(command: string): string {
  const found = COMMANDS.find(([start]) => command === start || command.startsWith(`${start} `));
  if (found === undefined) return 'the operation of the runtime';
  const [start, operation] = found;
  const call = operation(command.slice(start.length).trim().split(' ').filter(Boolean));
  return FREE.has(call) ? `\`${call}\`` : `\`runtime.${call}\``;
}

function optionOf(name: string, value: string | undefined): string {
  const option = OPTIONS[name];
  if (option === undefined) return 'the option of the runtime';
  return value === undefined
    ? `the option \`${option}\``
    : `the option \`${option}\` to ${value === '1' ? 'true' : value}`;
}

/** Returns the function that gives failures the words of their reader. */
export const failureWords = (words: Words): FailureWords => (words === 'program' ? unchanged : inLibraryWords);

/** Returns the function that gives texts the words of their reader. */
export const textWords = (words: Words): ((text: string) => string) =>
  words === 'program' ? (text) => text : toLibraryWords;

const unchanged: FailureWords = (failure) => failure;

const inLibraryWords: FailureWords = (failure) => {
  const message = toLibraryWords(failure.message);
  const hint = toLibraryWords(failure.hint);
  return message === failure.message && hint === failure.hint ? failure : { ...failure, message, hint };
};

/** Returns an error in the words of the library: the same one if it names no program, otherwise a copy with it as the cause. */
export function inWordsOfLibrary(error: unknown): unknown {
  if (isClarityError(error)) {
    const failure = inLibraryWords(error.failure);
    if (failure === error.failure) return error;
    const copy = new ClarityError(error.code, '', { cause: error });
    return Object.assign(copy, { message: failure.message, failure, ofRequest: error.ofRequest });
  }
  if (isStoreError(error)) error.message = toLibraryWords(error.message);
  return error;
}
