import { serveStdioBridge } from '@clarity-runtime/adapter-stdio';
import { usageError, ExitCode } from '../support/cli-error.ts';
import { escapeForTerminal } from '../terminal/escape.ts';
import type { Command } from '../command-support/command.ts';

export const gateway: Command = {
  syntax: 'gateway <action>',
  describe: '`gateway serve --stdio`: speak MCP over standard streams and forward to the daemon',
  subject: 'serve',
  flags: {
    stdio: { type: 'switch', describe: 'over standard streams (required; HTTP is served by clarityd itself)' },
    service: { type: 'text', describe: 'of one service only, by its namespace or id; its tools keep their names' },
  },
  run: async (given, { api, output, token }) => {
    const action = given.text('action');
    if (action !== 'serve') throw usageError(`gateway cannot '${action ?? ''}'`, 'use `gateway serve --stdio`');
    if (!given.has('stdio')) {
      throw usageError(
        '--stdio is missing: only standard streams are served here',
        'over HTTP clarityd serves /mcp itself',
      );
    }
    const service = given.text('service');
    const base = `${api.daemonUrl.href.replace(/\/$/, '')}/mcp`;
    await api.proven();
    await serveStdioBridge({
      input: process.stdin,
      output: process.stdout,
      endpoint: new URL(service === undefined ? base : `${base}/${encodeURIComponent(service)}`),
      log: (line) => {
        output.note(escapeForTerminal(line));
      },
      ...(token === undefined ? {} : { token }),
    });
    return ExitCode.done;
  },
};
