import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { exportNames } from './export-names.ts';
import { readText, textsOf } from './workspace-files.ts';

/** The entry points of a program that embeds the runtime. Names for adapters are in `core/ports`, the rest is internal. */
const FRONT = [
  '@clarity-runtime/core',
  'clarity-runtime',
  '@clarity-runtime/adapter-http',
  '@clarity-runtime/adapter-functions',
  '@clarity-runtime/adapter-sdk',
];
const MAX_FRONT_NAMES = 250;

let doors: ReadonlyMap<string, string>;

beforeAll(async () => {
  const found = new Map<string, string>();
  for (const [path, text] of await textsOf(/^packages\/[^/]+\/package\.json$/)) {
    const { name, exports = {} } = JSON.parse(text) as {
      name: string;
      exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    };
    for (const [door, conditions] of Object.entries(exports)) {
      if (typeof conditions === 'string') continue;
      found.set(name + door.slice(1), join(dirname(path), conditions['clarity-source'] ?? ''));
    }
  }
  doors = found;
});

interface Declaration {
  readonly path: string;
  readonly documented: boolean;
}

/** Follows an exported name to its declaration. */
async function declarationOf(path: string, name: string): Promise<Declaration | undefined> {
  const file = ts.createSourceFile(path, await readText(path), ts.ScriptTarget.Latest, true);
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined) {
      if (!ts.isNamedExports(statement.exportClause) || statement.moduleSpecifier === undefined) continue;
      const element = statement.exportClause.elements.find((each) => each.name.text === name);
      if (element === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const next = normalize(join(dirname(path), statement.moduleSpecifier.text));
      return declarationOf(next, element.propertyName?.text ?? name);
    }
    const declares = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some((each) => each.name.getText() === name)
      : (ts.isFunctionDeclaration(statement) ||
          ts.isClassDeclaration(statement) ||
          ts.isInterfaceDeclaration(statement) ||
          ts.isTypeAliasDeclaration(statement)) &&
        statement.name?.text === name;
    if (declares) return { path, documented: ts.getJSDocCommentsAndTags(statement).length > 0 };
  }
  return undefined;
}

const plain = (name: string): string => name.replace(/^type:/, '');

describe('the public surface', () => {
  test(`a program that embeds the runtime has at most ${String(MAX_FRONT_NAMES)} names`, async () => {
    const counts = await Promise.all(
      FRONT.map(async (door) => {
        const path = doors.get(door) ?? '';
        return exportNames(path, await readText(path)).length;
      }),
    );
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(MAX_FRONT_NAMES);
  });

  test('each exported name has a docstring', async () => {
    const missing: string[] = [];
    let checked = 0;
    for (const [door, path] of doors) {
      if (door.endsWith('/internal')) continue;
      for (const name of exportNames(path, await readText(path)).map(plain)) {
        checked += 1;
        const found = await declarationOf(path, name);
        if (found?.documented !== true) missing.push(`${door} ${name} (${found?.path ?? 'not found'})`);
      }
    }
    expect(checked).toBeGreaterThan(700);
    expect(missing).toEqual([]);
  });
});
