import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import ts from 'typescript';
import { ClarityError, ERROR_TABLE, StoreError } from '@clarity-runtime/core';
import { failureWords, inWordsOfLibrary, toLibraryWords } from '../../../src/domain/errors/library-words.ts';

/** Names of the programs, of their flags and of their variables, except the variables that hold credentials. */
const PROGRAM = /\bclarity(?:d|c|ctl)\b|\bCLARITY[A-Z]{0,4}_(?!REMOTE_AUTH_)[A-Z]|--(?:module|public-url|compiler-bin)/;
const packages = fileURLToPath(new URL('../../../..', import.meta.url));

/** Texts that are not remedies: names of processes, help about the programs, and the bridge, which is a program. */
const OWN =
  /^(?:adapter-stdio\/src\/(?:process|bridge|connector\/inherited)|core\/src\/(?:application\/control\/(?:help|app-)|testing|domain\/errors\/library-words|domain\/access\/auth-ref))/;

async function sourcesOf(folder: string): Promise<readonly string[]> {
  const found = await readdir(join(packages, folder), { recursive: true });
  return found.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
}

/** Returns the texts of a source, with `x` for each value in a template. */
function textsOf(source: string): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node))
      texts.push(node.templateSpans.reduce((text, { literal }) => `${text}x${literal.text}`, node.head.text));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true));
  return texts;
}

describe('toLibraryWords', () => {
  test.each(Object.entries(ERROR_TABLE))('the row of %s names no program', (_code, { title, advice }) => {
    for (const text of [title, advice]) {
      expect(toLibraryWords(text)).not.toMatch(PROGRAM);
      expect(toLibraryWords(text)).not.toMatch(/the (?:operation|option) of the runtime/);
    }
  });

  test('no text of the library names a program, and each command and variable has its operation', async () => {
    const folders = (await readdir(packages)).filter((name) => /^(?:core|adapter-|compiler)/.test(name));
    const named: string[] = [];
    for (const file of (await Promise.all(folders.map((name) => sourcesOf(`${name}/src`)))).flat()) {
      if (OWN.test(file)) continue;
      const source = await readFile(join(packages, file), 'utf8');
      if (!PROGRAM.test(source)) continue;
      const texts = textsOf(source);
      named.push(...texts.filter((text) => /\s/.test(text) && PROGRAM.test(text)));
    }
    expect(named.length).toBeGreaterThan(60);
    const worded = named.map(toLibraryWords);
    expect(worded.filter((text) => PROGRAM.test(text) || /the (?:operation|option) of the runtime/.test(text))).toEqual(
      [],
    );
  });

  test.each([
    ['start it with `clarityctl start svc_1`', "start it with `runtime.services.start(caller, 'svc_1')`"],
    [
      'run `clarityctl logs a`, then `clarityctl unquarantine a`',
      "run `runtime.audit.logs(caller, 'a', limit)`, then `runtime.services.unquarantine(caller, 'a')`",
    ],
    [
      'store it again with its destinations: `clarityctl auth set-secret file:m - --host <host>`',
      "store it again with its destinations: `runtime.secrets.set(caller, 'file:m', value, { hosts })`",
    ],
    [
      'register it with clarityctl, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
      'register it with `runtime.services.apply`, or set the option `mcpProvisioning` to true',
    ],
    [
      'use localhost, or name the host in CLARITYD_ALLOWED_HOSTS',
      'use localhost, or name the host in the option `allowedHosts`',
    ],
    [
      'An operator decides: clarityctl approvals approve a1',
      "An operator decides: `runtime.approvals.approve(caller, 'a1')`",
    ],
    ['set CLARITY_REMOTE_AUTH_MAIL', 'set CLARITY_REMOTE_AUTH_MAIL'],
  ])('%s', (program, library) => {
    expect(toLibraryWords(program)).toBe(library);
  });

  test('a text without a program is unchanged, and any text is worded once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        if (!/clarity|CLARITY|--/.test(text)) expect(toLibraryWords(text)).toBe(text);
        const worded = toLibraryWords(text);
        expect(toLibraryWords(worded)).toBe(worded);
      }),
    );
  });
});

describe('inWordsOfLibrary', () => {
  test('keeps the code, the facts and the cause of an error, and the error itself without a program', () => {
    const error = new ClarityError('SERVICE_STOPPED', 'calc', { field: 'name', data: { current: 'r1' } });
    expect(inWordsOfLibrary(error)).toMatchObject({
      failure: { ...error.failure, hint: 'start it with `runtime.services.start(caller, <service_id>)`' },
      cause: error,
      message: error.message,
    });
    const plain = new ClarityError('CALL_CANCELLED', '');
    expect(inWordsOfLibrary(plain)).toBe(plain);
    const other = new Error('clarityctl');
    expect(inWordsOfLibrary(other)).toBe(other);
    const store = new StoreError('corrupt', 'outdated; run `clarityctl store upgrade`');
    expect(inWordsOfLibrary(store)).toBe(store);
    expect(store.message).toBe('outdated; run `upgradeSchema`');
  });

  test('failureWords of the programs changes nothing', () => {
    const { failure } = new ClarityError('SERVICE_STOPPED', 'calc');
    expect(failureWords('program')(failure)).toBe(failure);
    expect(failureWords('library')(failure).hint).toContain('services.start');
  });
});
