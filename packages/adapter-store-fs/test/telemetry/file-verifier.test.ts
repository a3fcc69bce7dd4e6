import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fsTelemetry, nodeFiles, verifyTelemetry, type FileOperations } from '@clarity-runtime/adapter-store-fs';
import { ManualClock } from '@clarity-runtime/core/memory';
import { CHAIN_START } from '@clarity-runtime/core/audit-chain';
import type { AuditVerdict } from '@clarity-runtime/core/ports';
import { sampleEvent } from '@clarity-runtime/core/testing';
import { encodeCheckpoint } from '../../src/telemetry/checkpoint.ts';
import { emptyImage } from '../../src/telemetry/telemetry-state.ts';
import { decodeLink, readWalLines, walLine } from '../../src/telemetry/wal-format.ts';
import { verifyFiles } from '../../src/telemetry/file-verifier.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runs } from '../../../../test/support/runs.ts';

const WAL = 'telemetry.wal.jsonl';
const RECORDS = 10_000;
const START = new Date('2026-01-01');

/** The journal of a killed process with 10,000 records, and the files after compaction. */
let journal: Buffer;
let lines: readonly string[];
let folded: Buffer;
let head: string;
beforeAll(async () => {
  const folder = await temporaryFolder();
  const killed = await fsTelemetry({ folder, clock: new ManualClock(START), maxEvents: 16 * 1024 * 1024 });
  for (let from = 0; from < RECORDS; from += 8) {
    const messages = Array.from({ length: 8 }, (_, i) => `e${String(from + i)}`);
    await Promise.all(
      messages.map((message) => killed.append('default', [sampleEvent('service.tool_called', { message })])),
    );
  }
  journal = await readFile(join(folder, WAL));
  lines = journal.toString().trimEnd().split('\n');
  head = (await killed.verify('default')).head;
  await killed[Symbol.asyncDispose]();
  folded = await readFile(join(folder, 'telemetry.json'));
});

/** Creates a folder with these files only. */
const holding = (contents: ReadonlyMap<string, Uint8Array>): FileOperations => ({
  ...nodeFiles,
  list: () => Promise.resolve([...contents.keys()]),
  read: (path) => {
    const bytes = contents.get(basename(path));
    return bytes === undefined
      ? Promise.reject(Object.assign(new Error('not here'), { code: 'ENOENT' }))
      : Promise.resolve(bytes);
  },
});
const verdictOf = async (...contents: readonly (readonly [string, Uint8Array])[]): Promise<AuditVerdict> =>
  (await verifyFiles('/w', holding(new Map(contents)))).end();

test('10,000 records of a killed process verify with the same head before and after compaction', async () => {
  for (const [name, bytes] of [
    [WAL, journal],
    ['telemetry.json', folded],
  ] as const) {
    expect(await verdictOf([name, bytes])).toEqual({
      records: RECORDS,
      links: RECORDS / 8,
      head,
      from: 1,
      to: RECORDS,
      outside: 0,
    });
  }
});

/** Returns a changed line with a correct checksum. */
const forged = (line: string): string => {
  const json = line.slice(9);
  return walLine(json.replace(json.startsWith('{"link"') ? /(?<=,")./ : /(?<="message":")./, 'z')).trimEnd();
};

type Damage = (all: string[], at: number) => void;
const damages: Readonly<Record<string, Damage>> = {
  'a changed byte': (all, at) => {
    const line = all[at] ?? '';
    const i = 9 + ((at * 7) % (line.length - 9));
    all[at] = `${line.slice(0, i)}${line[i] === 'x' ? 'y' : 'x'}${line.slice(i + 1)}`;
  },
  'a forged line with the right checksum': (all, at) => {
    all[at] = forged(all[at] ?? '');
  },
  'a dropped line': (all, at) => {
    all.splice(at, 1);
  },
  'two lines that changed places': (all, at) => {
    [all[at], all[at + 1]] = [all[at + 1] ?? '', all[at] ?? ''];
  },
  'a line that stands twice': (all, at) => {
    all.splice(at, 0, all[at] ?? '');
  },
};

/** Eight records and their link. */
const FLUSH = 9;

/** The journal around a line, after a checkpoint that dropped all earlier events. */
async function around(at: number, damage: Damage): Promise<AuditVerdict> {
  const begin = Math.max(0, Math.floor(at / FLUSH) - 2);
  const window = lines.slice(begin * FLUSH, (begin + 12) * FLUSH);
  damage(window, at - begin * FLUSH);
  const base = decodeLink((lines[begin * FLUSH - 1] ?? '').slice(9)) ?? { to: 0, hash: CHAIN_START };
  const image = {
    ...emptyImage('store'),
    lastSeq: base.to,
    lastRecord: base.to,
    droppedBefore: base.to + 1,
    base: { seq: base.to, hash: base.hash, ...('counts' in base && { counts: base.counts }) },
  };
  const checkpoint = Buffer.concat([...encodeCheckpoint(image, '2026-01-01T00:00:00.000Z')]);
  return verdictOf(['telemetry.json', checkpoint], [WAL, Buffer.from(`${window.join('\n')}\n`)]);
}

describe('[audit.chain] changed, dropped, reordered and repeated records of 10,000 are detected', () => {
  test('the unchanged files around any line verify', async () => {
    for (const at of [0, 17, 5_000, lines.length - 1]) {
      expect((await around(at, () => undefined)).fault).toBeUndefined();
    }
  });

  test.each(Object.keys(damages))(
    '%s',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(lines.length - 2), async (at) => {
          const { fault } = await around(at, damages[name] ?? (() => undefined));
          // The first record of the same write, or a later one at which the damage is visible.
          const first = Math.floor(at / FLUSH) * 8 + 1;
          expect(fault?.seq).toBeGreaterThanOrEqual(first);
          expect(fault?.seq).toBeLessThanOrEqual(first + 8);
        }),
        { numRuns: runs(120) },
      );
    },
    60_000,
  );

  test('a changed record of the checkpoint is detected by the chain when the digest was updated too', async () => {
    const text = folded.toString();
    for (const number of [0, 1, 4_999, 9_999]) {
      const changed = text.replace(`"message":"e${String(number)}"`, `"message":"x${String(number)}"`);
      expect((await verdictOf(['telemetry.json', Buffer.from(changed)])).fault?.seq).toBe(number - (number % 8) + 1);
      expect((await verdictOf(['telemetry.json', refitted(changed)])).fault?.seq).toBe(number - (number % 8) + 1);
    }
  });
});

/** Returns the checkpoint with the digest of its content. */
function refitted(text: string): Buffer {
  const content = text.slice(0, text.lastIndexOf('\n,"integrity":'));
  const digest = createHash('sha256').update(content).digest('hex');
  return Buffer.from(`${content}\n,"integrity":{"alg":"sha256","digest":"${digest}"}}\n`);
}

test('a partial line at the end of the journal is not a fault', async () => {
  const flushes = lines.slice(0, FLUSH + 3);
  const whole = Buffer.from(`${flushes.join('\n')}\n`);
  for (let length = 0; length <= whole.length; length += 1) {
    const { fault, records } = await verdictOf([WAL, whole.subarray(0, length)]);
    expect(fault).toBeUndefined();
    expect(records).toBe(readWalLines(whole.subarray(0, length)).good.filter((json) => json.startsWith('{"n"')).length);
  }
});

test('any flipped bit of a journal is detected or changes no record', async () => {
  const whole = Buffer.from(`${lines.slice(0, FLUSH + 2).join('\n')}\n`);
  const untouched = (await verdictOf([WAL, whole])).head;
  for (let bit = 0; bit < whole.length * 8; bit += 3) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const { fault, head: found } = await verdictOf([WAL, flipped]);
    // Without its line break the last line is a partial line.
    const isTail = bit >> 3 === whole.length - 1;
    if (fault === undefined && !isTail && found === untouched) throw new Error(`bit ${String(bit)}`);
  }
});

describe('a chain starts at the first open of', () => {
  test('a journal without links and keeps all records', async () => {
    const folder = await temporaryFolder();
    const unlinked = lines.slice(0, 900).filter((line) => !line.slice(9).startsWith('{"link"'));
    await writeFile(join(folder, WAL), `${unlinked.join('\n')}\n`);
    expect(await verifyTelemetry({ folder })).toMatchObject({ records: 800, links: 0 });
    const first = await fsTelemetry({ folder, clock: new ManualClock(START) });
    await first.append('default', [sampleEvent('service.started')]);
    const { head: known } = await first.verify('default');
    await first[Symbol.asyncDispose]();
    expect(await verifyTelemetry({ folder, expect: known })).toMatchObject({ records: 801, expected: true });
  });

  test('a checkpoint without links and keeps all records', async () => {
    const folder = await temporaryFolder();
    const content = folded.toString();
    const old = `${content.slice(0, content.indexOf('\n],"links":['))}${content.slice(content.indexOf('\n],"logs":{'))}`;
    await writeFile(join(folder, 'telemetry.json'), refitted(old.replace(/,"chain":\{[^}]*\}/, '')));
    expect(await verifyTelemetry({ folder })).toMatchObject({ records: RECORDS, links: 0 });
    await using t = await fsTelemetry({ folder, clock: new ManualClock(START) });
    const verdict = await t.verify('default');
    expect([verdict.fault, verdict.to, verdict.links > 0]).toEqual([undefined, RECORDS, true]);
  });
});

test('a change of the files of a stopped daemon is detected after its restart', async () => {
  const folder = await temporaryFolder();
  const changed = [...lines.slice(0, 90)];
  damages['a forged line with the right checksum']?.(changed, 40);
  await writeFile(join(folder, WAL), `${changed.join('\n')}\n`);
  await using t = await fsTelemetry({ folder, clock: new ManualClock(START) });
  await t.append('default', [sampleEvent('service.started')]);
  expect((await t.verify('default')).fault).toMatchObject({ seq: 33 });
});

test('a smaller size limit drops the oldest events and the rest verifies with the same head', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'telemetry.json'), folded);
  await using t = await fsTelemetry({ folder, clock: new ManualClock(START), maxEvents: 262_144 });
  expect(t.health.droppedBefore).toBeGreaterThan(8_000);
  await t.append('default', [sampleEvent('service.started')]);
  await t[Symbol.asyncDispose]();
  const { droppedBefore } = t.health;
  expect(await verifyTelemetry({ folder, expect: head })).toMatchObject({
    from: droppedBefore,
    to: RECORDS + 1,
    records: RECORDS + 2 - droppedBefore,
    expected: true,
  });
  expect((await readFile(join(folder, 'telemetry.json'))).length).toBeLessThan(300_000);
});
