import type { LoginReply } from '@clarity-runtime/api-contract';
import { defined } from '@clarity-runtime/core/internal';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { findNamedService } from '../command-support/find-service.ts';
import { namesFlag, numberFlag } from '../command-support/flags.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { shownTime } from '../terminal/local-time.ts';
import { canOpenPage, openPage } from '../terminal/open-page.ts';
import { listenForRedirect, type RedirectPlace } from '../terminal/redirect-listener.ts';
import type { AuthAction } from './auth-actions.ts';

/** Milliseconds that the listener waits for the browser. */
const WAIT_MS = 5 * 60_000;

const login: AuthAction = {
  syntax: 'login <service> [--no-browser] [--scope <scope>] [--issuer <url>] [--port <port>]',
  does: 'log in to a remote service with OAuth, in the browser or by pasting the address that it is sent to',
  least: 1,
  most: 1,
  flags: ['no-browser', 'scope', 'issuer', 'port'],
  run: async (session, [name = ''], given) => {
    const { api, output } = session;
    const { items } = await api.services();
    const service = findNamedService(items, name);
    const place = await redirectPlace(session, service.serviceId, given);
    const listener = await listenForRedirect(place);
    try {
      const scopes = namesFlag(given, 'scope');
      const request = defined({ scopes: scopes && [...scopes], issuer: given.text('issuer') });
      const started = await api.beginLogin(service.serviceId, { ...request, redirectUri: listener.redirectUri });
      const url = webUrl(started.url);
      const pastes = given.has('no-browser') || (session.secretInput.ask !== undefined && !canOpen(session));
      output.note(`open this address in a browser and log in to ${started.issuer}:`);
      output.note(url);
      if (!pastes && canOpen(session)) openPage(url);
      const response = pastes ? await pasted(session) : await listener.received(WAIT_MS);
      const reply = await api.completeLogin(started.flow, response);
      if (output.json) output.value(reply);
      else output.line(`logged in to ${reply.service}${scopesOf(reply)}`, 'good');
      return ExitCode.done;
    } finally {
      listener.close();
    }
  },
};

const logout: AuthAction = {
  syntax: 'logout <service>',
  does: 'revoke and forget the tokens of a service',
  least: 1,
  most: 1,
  run: async ({ api, output }, [name = '']) => {
    const { items } = await api.services();
    const service = findNamedService(items, name);
    const reply = await api.logout(service.serviceId);
    if (output.json) output.value(reply);
    else output.line(reply.loggedOut ? `logged out of ${service.namespace}` : `${service.namespace} had no login`);
    return ExitCode.done;
  },
};

const status: AuthAction = {
  syntax: 'status [service]',
  does: 'show the logins of remote services',
  least: 0,
  most: 1,
  run: async ({ api, output }, [name]) => {
    const report = await api.logins();
    const items = name === undefined ? report.items : report.items.filter((item) => isNamed(item, name));
    if (name !== undefined && items.length === 0) {
      const all = await api.services();
      const found = findNamedService(all.items, name);
      throw new CliError(`${found.namespace} has no login: it is not a remote service, or it has an auth reference`, {
        code: 'NOT_FOUND',
      });
    }
    if (report.unkept !== undefined) output.note(`warning: logins end with the daemon: ${report.unkept}`);
    if (output.json) output.value({ ...report, items });
    else if (items.length === 0) output.line('no remote service can have a login');
    else {
      const rows = items.map((item) => [
        item.service,
        item.state,
        item.expiresAt === undefined ? '' : shownTime(item.expiresAt),
        item.issuer ?? '',
        item.reason ?? item.scopes?.join(' ') ?? '',
      ]);
      const tone = (row: number): 'bad' | 'plain' => (items[row]?.state === 'needed' ? 'bad' : 'plain');
      output.table(['SERVICE', 'LOGIN', 'EXPIRES', 'ISSUER', 'DETAIL'], rows, tone);
    }
    return ExitCode.done;
  },
};

/** The actions of `clarityctl auth` for logins. */
export const loginActions: Readonly<Record<string, AuthAction>> = { login, logout, status };

const isNamed = ({ service, serviceId }: LoginReply, name: string): boolean => service === name || serviceId === name;

const scopesOf = ({ scopes = [] }: LoginReply): string => (scopes.length === 0 ? '' : `: ${scopes.join(' ')}`);

const canOpen = ({ env, secretInput }: CommandContext): boolean =>
  canOpenPage({ env, isTerminal: secretInput.ask !== undefined });

/** The port of the flag or of the manifest; else the one that the client was registered with, if it is free. */
async function redirectPlace({ api }: CommandContext, serviceId: string, given: ParsedArgs): Promise<RedirectPlace> {
  const [{ service }, report] = await Promise.all([api.service(serviceId), api.logins()]);
  const { redirectHost, redirectPort } = settingsOf(service.manifest);
  const before = report.items.find((item) => item.serviceId === serviceId)?.redirectUri;
  const wanted = before === undefined ? undefined : Number(new URL(before).port);
  return { host: redirectHost, port: numberFlag(given, 'port', [1, 65_535]) ?? redirectPort, wanted };
}

function settingsOf(manifest: unknown): { redirectHost: '127.0.0.1' | 'localhost'; redirectPort: number | undefined } {
  const { spec = {} } = manifest as { spec?: { origin?: { auth?: Record<string, unknown> } } };
  const { redirectHost, redirectPort } = spec.origin?.auth ?? {};
  return {
    redirectHost: redirectHost === 'localhost' ? 'localhost' : '127.0.0.1',
    redirectPort: typeof redirectPort === 'number' ? redirectPort : undefined,
  };
}

async function pasted({ secretInput, output }: CommandContext): Promise<string> {
  output.note('after the login the browser shows an address of this machine, which it cannot open: copy that address');
  const text = (await (secretInput.ask?.('Address (not shown): ') ?? secretInput.piped())).trim();
  if (text !== '') return text;
  throw usageError('the address is missing', 'paste the whole address, with the part after the question mark');
}

/** The address is opened by a program of the desktop: another scheme could start anything. */
function webUrl(text: string): string {
  const { protocol, href } = new URL(text);
  if (protocol === 'https:' || protocol === 'http:') return href;
  throw new CliError(`the daemon returned an address that is not a web page: ${protocol}`);
}
