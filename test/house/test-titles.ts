import ts from 'typescript';

const VERBS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);
/** A test that does not run proves nothing, and one that must fail proves the opposite. */
const VOID: ReadonlySet<string> = new Set(['skip', 'todo', 'failing']);

/**
 * The titles of the tests of one source file, as far as they are written out. A title of `test.each` stands there once more
 * for every text of its table, put in place of the title's first `%s` or else behind it.
 */
export function testTitles(fileName: string, source: string): readonly string[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const tables = new Map<string, ts.Expression>();
  const titles: string[] = [];

  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      tables.set(node.name.text, node.initializer);
    }
    if (ts.isCallExpression(node)) titles.push(...titlesOf(node, tables));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return titles;
}

function titlesOf(call: ts.CallExpression, tables: ReadonlyMap<string, ts.Expression>): readonly string[] {
  const chain = names(call.expression);
  if (!chain.some((name) => VERBS.has(name)) || chain.some((name) => VOID.has(name))) return [];
  const title = call.arguments[0] === undefined ? '' : literal(call.arguments[0]);
  if (title === '' || chain.at(-1) === 'each') return [];
  const withCell = (cell: string): string =>
    title.includes('%s') ? title.replace('%s', () => cell) : `${title} ${cell}`;
  return [title, ...cellsOf(call.expression, tables).map(withCell)];
}

/** `kit.test.each(rows)` is kit, test, each. */
function names(callee: ts.Expression): readonly string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) return [...names(callee.expression), callee.name.text];
  if (ts.isCallExpression(callee)) return [...names(callee.expression), 'called'];
  return [];
}

function cellsOf(callee: ts.Expression, tables: ReadonlyMap<string, ts.Expression>): readonly string[] {
  if (!ts.isCallExpression(callee)) return [];
  const cells: string[] = [];
  const followed = new Set<ts.Node>();
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) cells.push(node.text);
    const table = ts.isIdentifier(node) ? tables.get(node.text) : undefined;
    // A name inside the table that it names is something else of that name.
    if (table !== undefined && followed.has(table)) return;
    if (table !== undefined) followed.add(table);
    ts.forEachChild(table ?? node, collect);
  };
  callee.arguments.forEach(collect);
  return cells;
}

function literal(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => span.literal.text).join(' ');
  }
  if (ts.isBinaryExpression(node)) return literal(node.left) + literal(node.right);
  return '';
}
