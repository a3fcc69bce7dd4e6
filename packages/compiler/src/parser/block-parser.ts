import { parseLet, type ReadExpression } from './compound-parser.ts';
import type { BlockExpression, Expression } from './syntax-tree.ts';
import { SyntaxFailure, type TokenStream } from './token-stream.ts';

/** Parses a block. Reports and skips a statement with a syntax error, then continues with the next one. */
export function parseBlock(stream: TokenStream, expression: ReadExpression): BlockExpression {
  const opening = stream.expect('{', 'before the body', 'write the body in braces: { … }');
  const statements: Expression[] = [];
  for (;;) {
    if (stream.take('}')) return { kind: 'block', statements, result: undefined, span: stream.since(opening) };
    if (atDeclaration(stream) && !atLocalConstant(stream)) {
      return stream.fail({
        code: 'UNEXPECTED_TOKEN',
        span: opening,
        message: 'the block that starts here is not closed',
        hint: 'add the missing `}`',
      });
    }
    const statement = parseStatement(stream, expression);
    if (stream.take(';')) statements.push(statement);
    else if (stream.take('}')) return { kind: 'block', statements, result: statement, span: stream.since(opening) };
    else if (foreignFollows(stream)) {
      skipStatement(stream, 0);
      statements.push({ kind: 'broken', span: statement.span });
      stream.take(';');
    } else {
      statements.push(statement);
      if (!atDeclaration(stream)) reportMissingSemicolon(stream);
    }
  }
}

function parseStatement(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.current;
  const mark = stream.mark;
  try {
    if (!atLocalConstant(stream)) return expression(stream);
    const hint = 'inside a function bind names with let name = value;';
    stream.report.error({
      code: 'FOREIGN_SYNTAX',
      span: stream.current,
      message: 'constants are declared outside of functions',
      hint,
    });
    return parseLet(stream, expression);
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    skipStatement(stream, stream.openBracesSince(mark));
    return { kind: 'broken', span: stream.since(start) };
  }
}

/** Skips to the `;` or `}` that ends a statement with `openBraces` open braces. */
function skipStatement(stream: TokenStream, openBraces: number): void {
  let open = openBraces;
  while (!atDeclaration(stream)) {
    if (open === 0 && (stream.is(';') || stream.is('}'))) return;
    if (stream.is('{')) open += 1;
    if (stream.is('}')) open -= 1;
    stream.advance();
  }
}

/** Returns true if an invalid character after the statement was reported: the text after it is not a statement. */
const foreignFollows = ({ report, previous, current }: TokenStream): boolean =>
  report.hasErrorIn({ start: previous.end, end: current.start });

function reportMissingSemicolon(stream: TokenStream): void {
  const end = stream.previous.end;
  const foreign = stream.is('=') ? 'change a name with name = value; compare with ==' : undefined;
  const or = stream.is('|') ? 'join conditions with `or`' : undefined;
  const hint = foreign ?? or ?? 'end statements with `;`, except the last expression of a block, which is its value';
  stream.report.error({
    code: 'UNEXPECTED_TOKEN',
    span: { start: end, end: end + 1 },
    message: 'expected `;` after this statement',
    hint,
  });
  if (foreign !== undefined || or !== undefined) skipStatement(stream, 0);
}

/** A constant of the module has a type after its name, a local one does not. */
const atLocalConstant = (stream: TokenStream): boolean => stream.is('const') && stream.is('=', 2);

const atDeclaration = (stream: TokenStream): boolean =>
  stream.current.kind === 'end' ||
  ['function', 'effect', 'export', 'type', 'const', 'import'].some((word) => stream.is(word as 'function'));
