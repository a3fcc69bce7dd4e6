import { parseBlock } from './block-parser.ts';
import { parseExpression } from './expression-parser.ts';
import type {
  ConstantNode,
  FieldNode,
  FunctionNode,
  ImportNode,
  Name,
  TypeExpression,
  TypeNode,
  VariantNode,
} from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';
import { parseField, parseType } from './type-parser.ts';

/** Parses `import { name } from "module"`. */
export function parseImport(stream: TokenStream): ImportNode {
  const start = stream.advance();
  stream.expect('{', 'after `import`', 'write an import as: import { name } from "module"');
  const names = stream.list('}', 'after the imported names', () => stream.name('a name'));
  stream.expect('from', 'after the imported names');
  const from = stream.current;
  if (from.kind !== 'string') stream.unexpected('the module as a string');
  stream.advance();
  stream.take(';');
  return { names, from: from.parts.filter((part) => typeof part === 'string').join(''), span: stream.since(start) };
}

/** Parses a record, a union or an alias. */
export function parseTypeDeclaration(stream: TokenStream): TypeNode {
  stream.advance();
  const name = stream.name('the name of the type');
  const parameters = parseTypeParameters(stream);
  stream.expect('=', `after \`type ${name.text}\``, `write a type as: type ${name.text} = …`);
  const body = parseTypeBody(stream);
  stream.take(';');
  return { name, parameters, body };
}

function parseTypeBody(stream: TokenStream): TypeNode['body'] {
  if (stream.take('{')) {
    const fields = stream.list('}', 'after the fields', () => parseField(stream, 'a field'));
    return { kind: 'record', fields };
  }
  const bareVariant = stream.current.kind === 'identifier' && (stream.is('(', 1) || stream.is('|', 1));
  if (bareVariant) stream.unexpected('`|` before the first variant', 'write a union as: | One(value: Int64) | Other');
  if (!stream.is('|')) return { kind: 'alias', type: parseType(stream) };
  const variants: VariantNode[] = [];
  while (stream.take('|')) {
    const name = stream.name('the name of a variant');
    const fields = stream.take('(') ? stream.list(')', 'after the fields', () => parseField(stream, 'a field')) : [];
    variants.push({ name, fields });
  }
  return { kind: 'union', variants };
}

function parseTypeParameters(stream: TokenStream): readonly Name[] {
  return stream.take('<') ? stream.list('>', 'after the type parameters', () => stream.name('a type parameter')) : [];
}

/** Parses `const NAME: Type = value;`. */
export function parseConstant(stream: TokenStream): ConstantNode {
  stream.advance();
  const { name, type } = parseField(stream, 'the constant');
  stream.expect('=', `and a value for \`${name.text}\``);
  const value = parseExpression(stream);
  stream.expect(';', 'after the constant');
  return { name, type, value };
}

/** Parses a function from `effect` or `function` on, without its doc comment. */
export function parseFunction(stream: TokenStream): Omit<FunctionNode, 'doc' | 'exported'> {
  const effects = stream.take('effect') ? parseEffects(stream) : [];
  stream.expect('function', 'after the effects');
  const name = stream.name('the name of the function');
  const typeParameters = parseTypeParameters(stream);
  stream.expect('(', `after \`function ${name.text}\``);
  const parameters = stream.list(')', 'after the parameters', () => parseParameter(stream));
  const result = parseResult(stream, name);
  const body = parseBlock(stream, parseExpression);
  return { name, effects, typeParameters, parameters, result, body };
}

const parseParameter = (stream: TokenStream): FieldNode => parseField(stream, 'a parameter');

function parseEffects(stream: TokenStream): readonly Name[] {
  stream.expect('[', 'after `effect`', 'declare effects as: effect[Log, Time] function …');
  return stream.list(']', 'after the effects', () => stream.name('an effect'));
}

function parseResult(stream: TokenStream, name: Name): TypeExpression {
  if (stream.take('->')) return parseType(stream);
  const place = stream.current;
  if (stream.take(':')) {
    const message = 'the result type follows `->`';
    stream.report.error({
      code: 'UNEXPECTED_TOKEN',
      span: place,
      message,
      hint: 'write the function as: function name(x: Int64) -> Int64 { … }',
    });
    return parseType(stream);
  }
  const message = `\`${name.text}\` has no result type`;
  const hint = 'write -> and a type before the body; use -> Unit for a function without a result';
  stream.report.error({ code: 'MISSING_RETURN_TYPE', span: name.span, message, hint });
  return { kind: 'broken', span: name.span };
}
