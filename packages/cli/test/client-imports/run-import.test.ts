import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configOfText, ImportJournal } from '@clarity-runtime/adapter-store-fs';
import { deriveServiceId, importPlan } from '@clarity-runtime/core/internal';
import type { ImportTarget, TargetService } from '../../src/client-imports/import-target.ts';
import { runImport } from '../../src/client-imports/run-import.ts';
import { undoImport } from '../../src/client-imports/undo-import.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONFIG = JSON.stringify({
  mcpServers: {
    github: { command: 'npx', args: ['-y', 'github-mcp'], env: { GITHUB_TOKEN: 'ghp_CANARYgithub0123456789' } },
    files: { command: 'npx', args: ['-y', 'files-mcp', '/data'] },
    search: { url: 'https://search.example.com/mcp', headers: { Authorization: 'Bearer CANARYsearch0123456789' } },
  },
});

const rowsOf = (text: string) =>
  importPlan(configOfText(text, '/x/mcp.json', '/x').servers, {
    registered: [],
    context: {
      ...{ variables: {}, home: '/home/me', separator: '/', files: new Map(), keepsSecrets: false },
      ...{ keepEnv: new Set<string>(), keepPlain: new Set<string>() },
    },
  });

/** A runtime in memory. At the `endsAt`-th change the importing process ends: before the change, or after it and before its reply. */
function memoryTarget(endsAt = Infinity, isDone = false) {
  const services = new Map<string, TargetService>();
  const secrets = new Map<string, string>();
  let count = 0;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const change = async <T>(work: () => T): Promise<T> => {
    count += 1;
    if (count !== endsAt) return work();
    if (isDone) work();
    end();
    return new Promise<T>(() => undefined);
  };
  const target: ImportTarget = {
    setSecret: (reference, value) =>
      change(() => {
        secrets.set(reference, value);
        return [];
      }),
    deleteSecret: (reference) => Promise.resolve(secrets.delete(reference)),
    register: (manifest) =>
      change(() => {
        const service = { serviceId: deriveServiceId(manifest), namespace: manifest.metadata.module, digest: 'd' };
        services.set(service.serviceId, service);
        return service;
      }),
    start: () => change(() => ({ lifecycle: 'RUNNING' })),
    find: (serviceId) => Promise.resolve(services.get(serviceId)),
    remove: (serviceId) => {
      services.delete(serviceId);
      return Promise.resolve();
    },
    dropToken: () => Promise.resolve(false),
  };
  return { target, services, secrets, ended, changes: () => count };
}

const steps = (journal: Awaited<ReturnType<ImportJournal['begin']>>) => ({
  ...{ journal, answers: new Map(), start: true, tell: () => undefined, warn: () => undefined },
});

test('[first-hour.14] law: an import that ends at any change is found by its journal, and its undo leaves nothing', async () => {
  await using folder = await temporaryFolder();
  const rows = rowsOf(CONFIG);
  const whole = memoryTarget();
  const journals = new ImportJournal(folder.path);
  const complete = await journals.begin('http://127.0.0.1:1', new Date());
  expect((await runImport(whole.target, rows, steps(complete))).map(({ ok }) => ok)).toEqual([true, true, true]);
  await complete.complete();
  // Two secrets, three services, three starts.
  expect(whole.changes()).toBe(8);
  for (let at = 1; at <= whole.changes(); at += 1) {
    for (const isDone of [false, true]) {
      const half = memoryTarget(at, isDone);
      const { record } = await journals.begin('http://127.0.0.1:1', new Date());
      const opened = await journals.open(record.id);
      if (opened === undefined) throw new Error('the journal has no record');
      void runImport(half.target, rows, steps(opened));
      await half.ended;
      // A new process reads the files.
      const found = await new ImportJournal(folder.path).open(record.id);
      expect([at, isDone, found?.record.isComplete]).toEqual([at, isDone, false]);
      if (found !== undefined) await undoImport(half.target, journals, found, () => Promise.resolve(false));
      expect([at, isDone, [...half.services.keys()], [...half.secrets.keys()]]).toEqual([at, isDone, [], []]);
    }
  }
});

test('[first-hour.07] the journal of an import has names of secrets and no value', async () => {
  await using folder = await temporaryFolder();
  const { target, secrets } = memoryTarget();
  const journal = await new ImportJournal(folder.path).begin('http://127.0.0.1:1', new Date());
  await runImport(target, rowsOf(CONFIG), steps(journal));
  expect([...secrets.keys()].sort()).toEqual(['file:import/github/GITHUB_TOKEN', 'file:import/search/Authorization']);
  const at = join(folder.path, 'imports', journal.record.id);
  for (const name of await readdir(at)) expect(await readFile(join(at, name), 'utf8')).not.toContain('CANARY');
});

test('a service that is not registered is not in the journal, and does not stop the others', async () => {
  await using folder = await temporaryFolder();
  const { target, services } = memoryTarget();
  const journal = await new ImportJournal(folder.path).begin('http://127.0.0.1:1', new Date());
  const refusing: ImportTarget = {
    ...target,
    register: (manifest) =>
      manifest.metadata.module === 'files' ? Promise.reject(new Error('no')) : target.register(manifest),
  };
  const outcomes = await runImport(refusing, rowsOf(CONFIG), steps(journal));
  expect(outcomes.filter(({ ok }) => !ok)).toMatchObject([{ name: 'files', error: 'no' }]);
  expect(journal.record.services.map(({ namespace }) => namespace)).toEqual(['github', 'search']);
  expect(services.size).toBe(2);
});

test('a service without a value stays disabled and names the commands that give it', async () => {
  await using folder = await temporaryFolder();
  const { target } = memoryTarget();
  const journal = await new ImportJournal(folder.path).begin('http://127.0.0.1:1', new Date());
  const text = JSON.stringify({
    mcpServers: {
      jira: { command: 'uvx', args: ['jira-mcp'], env: { JIRA_TOKEN: '<YOUR_TOKEN>' } },
      docs: { url: 'https://docs.example.com/mcp', headers: { Authorization: 'Bearer <YOUR_TOKEN>' } },
    },
  });
  const outcomes = await runImport(target, rowsOf(text), steps(journal));
  expect(outcomes).toMatchObject([
    {
      ...{ name: 'jira', ok: true, state: 'disabled', needs: ['JIRA_TOKEN'] },
      hint: '`clarityctl set jira env.JIRA_TOKEN=@-`, then `clarityctl enable jira`',
    },
    {
      ...{ name: 'docs', ok: true, state: 'disabled', needs: ['Authorization'] },
      hint: '`clarityctl set docs header.Authorization=@-` (as "Bearer <value>"), then `clarityctl enable docs`',
    },
  ]);
});
