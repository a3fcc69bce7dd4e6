import type { FieldNode, TypeExpression } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';

const LISTS = 'write the type of a list as List<T>';
const SEVERAL = 'combine several values in a record: type Pair = { first: Int64, second: String }';
const OPTIONS = 'write the type of a value that may be missing as Option<T>';

/** Parses a type. */
export function parseType(stream: TokenStream): TypeExpression {
  const type = stream.nested(() => parseWholeType(stream));
  if (stream.is('[')) stream.unexpected('the end of the type', LISTS);
  return type;
}

function parseWholeType(stream: TokenStream): TypeExpression {
  const start = stream.current;
  if (stream.take('(')) {
    const parameters = stream.list(')', 'after the parameter types', () => parseType(stream));
    const hint = parameters.length > 1 ? SEVERAL : 'use Unit for the type without a value';
    stream.expect('->', 'before the result of a function type', hint);
    const result = parseType(stream);
    return { kind: 'function', parameters, result, span: stream.since(start) };
  }
  if (stream.is('[')) stream.unexpected('a type', LISTS);
  const { text } = stream.name('a type');
  const args = stream.take('<') ? parseTypeArguments(stream) : [];
  return { kind: 'named', name: text, arguments: args, span: stream.since(start) };
}

function parseTypeArguments(stream: TokenStream): readonly TypeExpression[] {
  const types: TypeExpression[] = [];
  do {
    if (stream.is('>') && types.length > 0) break;
    types.push(parseType(stream));
    if (stream.is('|')) stream.unexpected('`>` or `,`', OPTIONS);
  } while (stream.take(','));
  stream.expectClosingAngle();
  return types;
}

/** Parses `name: Type`. Reports a missing type and continues. */
export function parseField(stream: TokenStream, what: string): FieldNode {
  const name = stream.name(`the name of ${what}`);
  if (stream.take(':')) return { name, type: parseType(stream) };
  const second = stream.current;
  if (second.kind === 'identifier') {
    stream.advance();
    const hint = `write ${second.text}: ${name.text}`;
    const span = stream.since(name.span);
    stream.report.error({ code: 'FOREIGN_SYNTAX', span, message: 'a name precedes its type', hint });
    return {
      name: { text: second.text, span: second },
      type: { kind: 'named', name: name.text, arguments: [], span: name.span },
    };
  }
  const message = `\`${name.text}\` has no type`;
  const hint = `add its type after a colon, for example ${name.text}: Int64`;
  stream.report.error({ code: 'UNEXPECTED_TOKEN', span: name.span, message, hint });
  return { name, type: { kind: 'broken', span: name.span } };
}
