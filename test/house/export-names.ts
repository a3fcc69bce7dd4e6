import ts from 'typescript';

/** Returns the sorted exports of an entry point. A type has the prefix `type:`. */
export function exportNames(path: string, source: string): readonly string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement) => namesOf(path, statement)).sort();
}

function namesOf(path: string, statement: ts.Statement): readonly string[] {
  if (ts.isExportAssignment(statement)) throw new Error(`${path} has a default export`);
  if (ts.isExportDeclaration(statement)) return named(path, statement);
  if (!ts.canHaveModifiers(statement)) return [];
  const isExported = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  return isExported ? declared(statement) : [];
}

function named(path: string, { exportClause, isTypeOnly }: ts.ExportDeclaration): readonly string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) {
    throw new Error(`${path} exports with a star: a front door lists its names`);
  }
  return exportClause.elements.map((element) => (isTypeOnly || element.isTypeOnly ? 'type:' : '') + element.name.text);
}

function declared(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    return [`type:${statement.name.text}`];
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
