import ts from 'typescript';

const VERBS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);
/** Modifiers of tests that do not run or must fail. */
const VOID: ReadonlySet<string> = new Set(['skip', 'todo', 'failing']);

/**
 * Returns the literal titles of the tests of one source file. A title of `test.each` appears once more
 * for every text of its table, with the text in place of the first `%s` or after the title.
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

/** Returns kit, test, each for `kit.test.each(rows)`. */
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
    // A table that contains its own name refers to another value.
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
