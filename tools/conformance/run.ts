/**
 * Runs the official MCP conformance suite against a real daemon without expected failures: services of both eras on their
 * own endpoints and on the shared endpoint, and the scenarios of the protocol extensions that it declares. Exits with 0 when all checks passed.
 */
import '../../scripts/own-home.mjs';
import { startClarityd, type Clarityd } from '../../test/support/clarityd.ts';
import { legacyEverything } from '../../test/support/everything/legacy.ts';
import { modernEverything } from '../../test/support/everything/modern.ts';
import { modernRemote } from '../../test/support/remote-services.ts';
import { tasksEverything } from '../../test/support/everything/tasks.ts';
import { temporaryWorkspace } from '../../test/support/workspace.ts';
import { runExtensions, runSuite, type RequirementSet, type SuiteRun } from './suite.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

await using results = await temporaryWorkspace();
await using modern = await modernEverything();
await using legacy = await legacyEverything();
await using other = await modernRemote();
await using tasks = await tasksEverything();

await withDaemon({ modern, legacy }, async ({ url }) => {
  await check('modern service', `${url}/mcp/modern`, ['2025-11-25', '2026-07-28', 'stable']);
  await check('legacy service', `${url}/mcp/legacy`, ['2025-11-25', 'stable']);
});
await withDaemon(
  { modern, other },
  async ({ url }) => {
    await check('all services', `${url}/mcp`, ['2025-11-25', '2026-07-28', 'stable']);
  },
  { CLARITYD_TOOL_PREFIX: 'collision' },
);
await withDaemon(
  { tasks },
  async ({ url }) => {
    for (const path of ['/mcp/tasks', '/mcp'])
      report('extensions', `tasks on ${path}`, await runExtensions(`${url}${path}`, results.path));
  },
  { CLARITYD_TOOL_PREFIX: 'collision' },
);

async function withDaemon(
  remotes: Readonly<Record<string, { readonly url: string }>>,
  use: (daemon: Clarityd) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  for (const [module, { url }] of Object.entries(remotes))
    await daemon.json('add-remote', '--endpoint', url, '--module', module);
  await use(daemon);
  await daemon.end();
}

async function check(name: string, url: string, sets: readonly RequirementSet[]): Promise<void> {
  for (const set of sets) report(set, name, await runSuite(set, url, results.path));
}

function report(set: string, name: string, { passed, failed, broken, exitCode, printed }: SuiteRun): void {
  console.log(`conformance ${set}, ${name}: ${String(passed)} passed, ${String(failed)} failed`);
  if (exitCode === 0 && failed === 0 && broken.length === 0 && passed > 0) return;
  process.exitCode = 1;
  console.error(
    `${printed}\nthe suite exited with ${String(exitCode)}; failed scenarios: ${broken.join(', ') || 'none'}`,
  );
}
