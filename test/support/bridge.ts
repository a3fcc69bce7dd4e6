import { join } from 'node:path';
import type { Clarityd } from './clarityd.ts';
import type { Command } from './stock-clients.ts';
import { repository } from './workspace.ts';

/** Starts `clarityctl gateway serve --stdio` like a client. */
export const bridgeTo = ({ url }: Pick<Clarityd, 'url'>, cwd: string, env: Record<string, string> = {}): Command => ({
  command: process.execPath,
  args: [join(repository, 'packages/cli/bin/clarityctl.js'), 'gateway', 'serve', '--stdio'],
  env: { PATH: process.env['PATH'] ?? '', CLARITYD_URL: url, ...env },
  cwd,
});
