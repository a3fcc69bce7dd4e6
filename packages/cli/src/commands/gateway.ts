import { serveStdioBridge } from '@clarity-runtime/adapter-stdio';
import { usageError, ExitCode } from '../support/cli-error.ts';
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
  },
  run: async (given, { api, output, token }) => {
    const action = given.text('action');
    if (action !== 'serve') throw usageError(`unknown action 'gateway ${action ?? ''}'`, 'use `gateway serve --stdio`');
    if (!given.has('stdio')) {
      throw usageError('--stdio is missing', 'add --stdio; for HTTP connect to /mcp of clarityd');
    }
    const service = given.text('service');
    const profile = given.text('profile');
    if (service !== undefined && profile !== undefined) throw usageError('--service and --profile exclude each other');
    const base = `${api.daemonUrl.href.replace(/\/$/, '')}/mcp`;
    await api.proven();
    await serveStdioBridge({
      input: process.stdin,
      output: process.stdout,
      endpoint: new URL(`${base}${endpointPath(service, profile)}`),
      log: (line) => {
        output.note(escapeForTerminal(line));
      },
      ...(token === undefined ? {} : { token }),
    });
    return ExitCode.done;
  },
};

function endpointPath(service: string | undefined, profile: string | undefined): string {
  if (profile !== undefined) return `/profiles/${encodeURIComponent(profile)}`;
  return service === undefined ? '' : `/${encodeURIComponent(service)}`;
}
