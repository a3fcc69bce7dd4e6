import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VERSION, sha256Hex } from '@clarity-runtime/core/internal';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { fsServiceRegistry } from '../../src/index.ts';
import { z } from 'zod';
import { jsonItems } from '../../src/files/json-items.ts';
import { decodeItems, encodeItems, parseJson } from '../../src/registry/item-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { manifest } = sampleRecord('a');
const FOREIGN =
  '{ "manifest":{"metadata":{"module":"q"},"spec":{"origin":{"type":"quantum","n":1.0e2}}},  "x": "\\u0041" }';
const NEWER = '{"revision":"r9","writtenAt":"t","op":"o","record":{"schema":2,"big":12345678901234567890,"é":[ 1 ]}}';

/** The registry of each format version, with one known record and one that this version does not know. */
const FIXTURES: Readonly<Record<string, string>> = {
  '0.9': `{"version":1,"updatedAt":"2026-01-01T00:00:00.000Z","services":[${JSON.stringify({ manifest })},${FOREIGN}]}`,
  '2': withDigest(2),
  '3': withDigest(3),
};

function withDigest(version: number): string {
  const item = { revision: 'r1', writtenAt: 't', op: 'o', record: { ...sampleRecord('a'), later: { kept: true } } };
  const services = `[${JSON.stringify(item)},${NEWER}]`;
  const digest = sha256Hex(JSON.stringify({ changes: 9, services: JSON.parse(services) as unknown }));
  const integrity = JSON.stringify({ alg: 'sha256', digest });
  return `{"version":${String(version)},"updatedAt":"t","changes":9,"services":${services},"later":7,"integrity":${integrity}}`;
}

async function folderWith(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'registry.json'), text);
  return folder;
}

test.each(Object.entries(FIXTURES))(
  'R31b a registry of format %s loads: an unknown record is skipped, reported and kept byte for byte',
  async (version, text) => {
    const folder = await folderWith(text);
    const unsupported: unknown[] = [];
    const registry = await fsServiceRegistry({ folder, onUnsupported: (what) => unsupported.push(what) });
    expect((await registry.list('default')).items.map(({ value }) => value.namespace)).toEqual(['a']);
    expect(unsupported).toEqual([{ file: 'registry.json', count: 1 }]);
    await registry.put('default', sampleRecord('b'), 'absent', sampleWrite());
    await registry[Symbol.asyncDispose]();
    const written = await readFile(join(folder, 'registry.json'), 'utf8');
    expect(written).toContain(version === '0.9' ? FOREIGN : NEWER);
    if (version !== '0.9') expect(JSON.parse(written)).toMatchObject({ later: 7 });
    const again = await fsServiceRegistry({ folder });
    expect((await again.list('default')).items.map(({ value }) => value.namespace)).toEqual(['a', 'b']);
    await again[Symbol.asyncDispose]();
  },
);

test('T-426 R31c a file of a later version is refused with both versions, and is not changed', async () => {
  const text = withDigest(4).replace('"updatedAt"', '"writer":"0.99.0","updatedAt"');
  const folder = await folderWith(text);
  await expect(fsServiceRegistry({ folder })).rejects.toMatchObject({
    message: expect.stringContaining(`written by clarityd 0.99.0 (format 4); this is ${VERSION} (format 3)`),
  });
  expect(await readFile(join(folder, 'registry.json'), 'utf8')).toBe(text);
});

test('R31b unknown members and records are unchanged after another record changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.json(), { maxLength: 4 }), fc.json(), async (extra, member) => {
      const unknown = extra.map((json) => `{"record":{"schema":${JSON.stringify(json)}},"raw": ${json} }`);
      const known = `{"revision":"r1","writtenAt":"t","op":"o","record":${JSON.stringify(sampleRecord('a')).slice(0, -1)},"m": ${member}}, "n":1.50}`;
      const services = `[${[known, ...unknown].join(' , ')}]`;
      const digest = sha256Hex(JSON.stringify({ changes: 3, services: JSON.parse(services) as unknown }));
      const folder = await folderWith(
        `{"version":2,"updatedAt":"t","changes":3,"integrity":{"alg":"sha256","digest":"${digest}"},"services":${services}}`,
      );
      const registry = await fsServiceRegistry({ folder });
      await registry.put('default', sampleRecord('b'), 'absent', sampleWrite());
      await registry[Symbol.asyncDispose]();
      const written = await readFile(join(folder, 'registry.json'), 'utf8');
      const items = jsonItems(written, 'services') ?? [];
      expect(items[0]).toBe(known);
      expect(items.slice(2)).toEqual(unknown);
    }),
    { numRuns: 20 },
  );
});

const ITEMS = (values: readonly unknown[]) =>
  values.map((value, i) => ({ revision: `r${String(i)}`, writtenAt: 't', op: 'o', record: { id: String(i), value } }));

const FILE = {
  title: 'a registry',
  version: 3,
  readable: [2],
  list: 'services' as const,
  member: 'record' as const,
  value: z.looseObject({ id: z.string() }),
  idOf: ({ id }: { readonly id: string }) => id,
};

test('R31b a written file has no text of its own, and one with other white space keeps the text of each changed item', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 6 }), fc.nat(5), (values, at) => {
      const items = ITEMS(values);
      const records = new Map(items.map(({ record, ...rest }) => [record.id, { value: record, ...rest }]));
      const state = { changes: 1, records, unsupported: [], texts: new Map(), others: {} };
      const bytes = encodeItems(FILE, state, new Date(0));
      const own = decodeItems(FILE, parseJson(bytes));
      expect(own.digest).toBe('valid');
      expect(own.state.texts.size).toBe(0);
      const changed = String(at % items.length);
      const text = Buffer.from(bytes).toString().replace(`"revision": "r${changed}"`, `"revision":  "r${changed}"`);
      const foreign = decodeItems(FILE, parseJson(Buffer.from(text)));
      expect([...foreign.state.texts.keys()]).toEqual([changed]);
      expect([...foreign.state.records]).toEqual([...own.state.records]);
    }),
  );
});
