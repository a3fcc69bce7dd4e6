import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openFsStore } from '@clarity-runtime/adapter-store-fs';
import { temporaryFolder } from '../support/temporary-folder.ts';

const writer = fileURLToPath(new URL('../support/kill-writer.mjs', import.meta.url));

/** Starts a writing process, kills it after `enough` confirmed writes and returns its output. */
async function killed(root: string, round: number, enough: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const child = spawn(process.execPath, [writer, root, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const answered = new Map<string, string[]>();
  let trouble = '';
  child.stderr.on('data', (bytes: Buffer) => (trouble += bytes.toString()));
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind = '', name = ''] = line.split(' ');
    answered.set(kind, [...(answered.get(kind) ?? []), name]);
    count += 1;
    if (count === enough) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${trouble}`);
  return answered;
}

test('D01 D02 D09 T-280 six processes killed during writes lose no confirmed record', async () => {
  const root = await temporaryFolder();
  let answers = 0;
  for (let round = 0; round < 6; round += 1) {
    const answered = await killed(root, round, 20 + round * 25);
    await using workspace = await openFsStore({ root });
    const { registry, telemetry } = workspace;
    const events = await telemetry.events('default', { limit: 100_000 });
    const first = events[0]?.seq ?? 0;
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => first + i));
    const held: Readonly<Record<string, readonly string[]>> = {
      put: (await registry.list('default')).items.map(({ value }) => value.namespace),
      log: await telemetry.logs('default', 's', 100_000),
      committed: events.map(({ message }) => message),
      recorded: events.map(({ message }) => message),
    };
    for (const kind of ['put', 'log', 'committed', 'recorded']) {
      const names = answered.get(kind) ?? [];
      answers += names.length;
      const kept = new Set(held[kind]);
      expect(names.filter((name) => !kept.has(name))).toEqual([]);
    }
  }
  expect(answers).toBeGreaterThan(400);
});
