import { parseLet, type ReadExpression } from './compound-parser.ts';
import type { BlockExpression, Expression } from './syntax-tree.ts';
import { SyntaxFailure, type TokenStream } from './token-stream.ts';

/** A block. A statement that cannot be read is reported and skipped, and the ones after it are read. */
export function parseBlock(stream: TokenStream, expression: ReadExpression): BlockExpression {
  const opening = stream.expect('{', 'before the body', 'a body stands in braces: { … }');
  const statements: Expression[] = [];
  for (;;) {
    if (stream.take('}')) return { kind: 'block', statements, result: undefined, span: stream.since(opening) };
    if (atDeclaration(stream) && !atLocalConstant(stream)) {
      return stream.fail({
        code: 'UNEXPECTED_TOKEN',
        span: opening,
        message: 'the block that begins here is not closed',
        hint: 'a `}` is missing',
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
    const hint = 'inside a function names are bound with let name = value;';
    stream.report.error({
      code: 'FOREIGN_SYNTAX',
      span: stream.current,
      message: 'constants stand outside of functions',
      hint,
    });
    return parseLet(stream, expression);
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    skipStatement(stream, stream.openBracesSince(mark));
    return { kind: 'broken', span: stream.since(start) };
  }
}

/** Up to the `;` or `}` that ends a statement in which so many braces are open. */
function skipStatement(stream: TokenStream, openBraces: number): void {
  let open = openBraces;
  while (!atDeclaration(stream)) {
    if (open === 0 && (stream.is(';') || stream.is('}'))) return;
    if (stream.is('{')) open += 1;
    if (stream.is('}')) open -= 1;
    stream.advance();
  }
}

/** A character that means nothing stands behind the statement, which was reported: what follows it is no statement. */
const foreignFollows = ({ report, previous, current }: TokenStream): boolean =>
  report.saidWithin({ start: previous.end, end: current.start });

function reportMissingSemicolon(stream: TokenStream): void {
  const end = stream.previous.end;
  const foreign = stream.is('=') ? 'a name is changed with name = value; comparison is ==' : undefined;
  const or = stream.is('|') ? 'conditions are joined with `or`' : undefined;
  const hint =
    foreign ?? or ?? 'statements end with `;`, only the last expression of a block has none: it is the value';
  stream.report.error({
    code: 'UNEXPECTED_TOKEN',
    span: { start: end, end: end + 1 },
    message: 'expected `;` after this statement',
    hint,
  });
  if (foreign !== undefined || or !== undefined) skipStatement(stream, 0);
}

/** A constant of the module has its type behind its name. */
const atLocalConstant = (stream: TokenStream): boolean => stream.is('const') && stream.is('=', 2);

const atDeclaration = (stream: TokenStream): boolean =>
  stream.current.kind === 'end' ||
  ['function', 'effect', 'export', 'type', 'const', 'import'].some((word) => stream.is(word as 'function'));
