import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fsTelemetry, verifyTelemetry } from '@clarity-runtime/adapter-store-fs';
import { ManualClock } from '@clarity-runtime/core/memory';
import { sampleEvent } from '@clarity-runtime/core/testing';
import { failure, filesWith } from '../support/failing-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WAL = 'telemetry.wal.jsonl';
const START = new Date('2026-01-01');

test('a truncated end is detected by the running store and with an expected link', async () => {
  const folder = await temporaryFolder();
  await using t = await fsTelemetry({ folder, clock: new ManualClock(START) });
  for (const message of ['a', 'b', 'c']) await t.append('default', [sampleEvent('service.tool_called', { message })]);
  const { head: known } = await t.verify('default');
  const path = join(folder, WAL);
  const whole = (await readFile(path)).toString().trimEnd().split('\n');
  await writeFile(path, `${whole.slice(0, 4).join('\n')}\n`);
  expect((await t.verify('default')).fault).toMatchObject({ seq: 3 });
  expect(await verifyTelemetry({ folder, expect: known })).toMatchObject({ records: 2, expected: false });
  expect(await verifyTelemetry({ folder })).not.toHaveProperty('fault');
});

test('R14a events served on a full disk are in the chain when space is free again', async () => {
  const folder = await temporaryFolder();
  const refused = new Set<string>();
  const files = filesWith((name) => {
    if (refused.has(name)) throw failure('ENOSPC');
  });
  const clock = new ManualClock(START);
  const t = await fsTelemetry({ folder, files, clock });
  await t.append('default', [sampleEvent('service.started')]);
  refused.add('write');
  await t.append('default', [sampleEvent('service.tool_called')]);
  refused.clear();
  clock.advance(50);
  await t.append('default', [sampleEvent('service.stopped')]);
  const killed = join(await temporaryFolder(), 'copy');
  await cp(folder, killed, { recursive: true });
  expect(await t.verify('default')).toMatchObject({ records: 3, to: 3 });
  await t[Symbol.asyncDispose]();
  expect(await verifyTelemetry({ folder })).toMatchObject({ records: 3, to: 3, outside: 0 });
  await using again = await fsTelemetry({ folder: killed, clock: new ManualClock(START) });
  expect((await again.verify('default')).fault).toBeUndefined();
});
