import { serveStdioBridge } from '@clarity-runtime/adapter-stdio';
import { TENANT_HEADER } from '../api/exchange.ts';
import { isListening } from '../api/find-daemon.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { homeDaemonUrl } from '../daemon/home-daemon.ts';
import { homeFolder } from '../settings/home-folder.ts';
import { TokenFile } from '../composition/token-file.ts';
import { CliError, usageError, ExitCode } from '../support/cli-error.ts';
import { escapeForTerminal } from '../terminal/escape.ts';
import type { Command } from '../command-support/command.ts';

export const gateway: Command = {
  syntax: 'gateway <action>',
  describe: '`gateway serve --stdio`: forward MCP from standard streams to the daemon',
  subject: 'serve',
  flags: {
    stdio: { type: 'switch', describe: 'serve standard streams (required; clarityd itself serves HTTP)' },
    service: { type: 'text', describe: 'namespace or id of the only service to serve; its tools keep their names' },
    profile: { type: 'text', describe: 'name of the profile to serve' },
    as: {
      type: 'text',
      describe: 'name of the access token to send, of tokens.json of this user (written by bootstrap)',
    },
    'no-start': { type: 'switch', describe: 'do not start the daemon of the home if none answers' },
  },
  run: async (given, session) => {
    const { api, output } = session;
    const action = given.text('action');
    if (action !== 'serve') throw usageError(`unknown action 'gateway ${action ?? ''}'`, 'use `gateway serve --stdio`');
    if (!given.has('stdio')) {
      throw usageError('--stdio is missing', 'add --stdio; for HTTP connect to /mcp of clarityd');
    }
    const service = given.text('service');
    const profile = given.text('profile');
    if (service !== undefined && profile !== undefined) throw usageError('--service and --profile exclude each other');
    const daemonUrl = await servedDaemon(given, session);
    const base = `${daemonUrl.href.replace(/\/$/, '')}/mcp`;
    if (daemonUrl === api.daemonUrl) await api.proven();
    const token = await ownToken(given, session, daemonUrl);
    await serveStdioBridge({
      input: process.stdin,
      output: process.stdout,
      endpoint: new URL(`${base}${endpointPath(service, profile)}`),
      log: (line) => {
        output.note(escapeForTerminal(line));
      },
      ...(token === undefined ? {} : { token }),
      // The endpoint refuses each tenant but that of the token.
      ...(api.tenant === undefined ? {} : { headers: { [TENANT_HEADER]: api.tenant } }),
    });
    return ExitCode.done;
  },
};

/** Returns the token of `--as`, otherwise the one of the session. */
async function ownToken(
  given: ParsedArgs,
  { env, token, api }: CommandContext,
  daemonUrl: URL,
): Promise<string | undefined> {
  const name = given.text('as');
  if (name === undefined) return token;
  const found = await new TokenFile(env).find({ daemon: daemonUrl, tenant: api.tenant }, name);
  if (found !== undefined) return found;
  const of = api.tenant === undefined ? '' : ` --tenant ${api.tenant}`;
  throw new CliError(`this user has no token '${escapeForTerminal(name)}' for ${daemonUrl.origin}${of}`, {
    hint: `run \`clarityctl bootstrap --clients <client>${of}\` while clarityd runs`,
  });
}

/** Returns the address of the daemon. Starts that of the home if no address was given and none answers. */
async function servedDaemon(given: ParsedArgs, { api, env, token, workspace }: CommandContext): Promise<URL> {
  const isNamed = given.text('daemon-url') !== undefined || (env['CLARITYD_URL'] ?? '') !== '';
  const isFound = isNamed || workspace !== undefined || given.has('no-start') || (await isListening(api.daemonUrl));
  return isFound ? api.daemonUrl : homeDaemonUrl({ home: homeFolder(env), env, token });
}

function endpointPath(service: string | undefined, profile: string | undefined): string {
  if (profile !== undefined) return `/profiles/${encodeURIComponent(profile)}`;
  return service === undefined ? '' : `/${encodeURIComponent(service)}`;
}
