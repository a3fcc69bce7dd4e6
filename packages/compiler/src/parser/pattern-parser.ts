import type { FieldPattern, Pattern } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';

/** 2^63: valid after a minus only. */
const LIMIT = 2n ** 63n;

export function parsePattern(stream: TokenStream): Pattern {
  return stream.nested(() => parseWholePattern(stream));
}

function parseWholePattern(stream: TokenStream): Pattern {
  const token = stream.current;
  switch (token.kind) {
    case 'int':
    case 'float':
      return parseNumber(stream);
    case 'string': {
      stream.advance();
      const parts = token.parts.filter((part) => typeof part === 'string');
      if (parts.length === token.parts.length) return { kind: 'string', value: parts.join(''), span: token };
      const hint = 'bind the value to a name and compare it in a guard: text if text == "…" -> …';
      return stream.fail({ code: 'UNEXPECTED_TOKEN', span: token, message: 'a pattern cannot contain `${…}`', hint });
    }
    case 'identifier':
      stream.advance();
      if (token.text === 'case' && !stream.is('->') && !stream.is('if')) refuseCase(stream);
      if (token.text === '_') return { kind: 'wildcard', span: token };
      if (stream.is('(') || /^[A-Z]/.test(token.text)) return parseConstructor(stream, token.text);
      return { kind: 'binding', name: token.text, span: token };
    case 'keyword':
      if (token.text !== 'True' && token.text !== 'False') break;
      stream.advance();
      return { kind: 'bool', value: token.text === 'True', span: token };
    case 'symbol':
      if (token.text === '-') return parseNumber(stream);
      break;
    case 'end':
      break;
  }
  return stream.unexpected('a pattern', 'write an arm as: pattern -> value; `_` matches everything else');
}

function parseNumber(stream: TokenStream): Pattern {
  const start = stream.current;
  const negative = stream.take('-');
  const token = stream.current;
  if (token.kind === 'float') {
    stream.advance();
    return { kind: 'float', value: negative ? -token.value : token.value, span: stream.since(start) };
  }
  const from = takeInt(stream, negative);
  if (!stream.take('..')) return { kind: 'int', value: from, span: stream.since(start) };
  const to = takeInt(stream, stream.take('-'));
  return { kind: 'range', from, to, span: stream.since(start) };
}

/** Returns undefined if the number is not an Int64; the checker reports it. */
function takeInt(stream: TokenStream, negative: boolean): bigint | undefined {
  const token = stream.current;
  if (token.kind !== 'int') return stream.unexpected('a number');
  stream.advance();
  if (token.value === undefined) return undefined;
  if (negative) return -token.value;
  return token.value < LIMIT ? token.value : undefined;
}

function refuseCase(stream: TokenStream): never {
  const hint = 'write an arm as: pattern -> value; `_` matches everything else';
  return stream.fail({ code: 'FOREIGN_SYNTAX', span: stream.previous, message: 'Clarity has no `case`', hint });
}

function parseConstructor(stream: TokenStream, text: string): Pattern {
  const name = { text, span: stream.previous };
  const inner = stream.ahead(1);
  if (stream.is('.') && inner.kind === 'identifier') {
    const hint = `write ${inner.text}`;
    stream.fail({ code: 'FOREIGN_SYNTAX', span: name.span, message: 'a variant is written without its type', hint });
  }
  const fields = stream.take('(') ? stream.list(')', 'after the fields', () => parseFieldPattern(stream)) : [];
  return { kind: 'constructor', name, fields, span: stream.since(name.span) };
}

function parseFieldPattern(stream: TokenStream): FieldPattern {
  const named = stream.current.kind === 'identifier' && stream.is(':', 1);
  if (!named) return { name: undefined, pattern: parsePattern(stream) };
  const name = stream.name('the name of a field');
  stream.advance();
  return { name, pattern: parsePattern(stream) };
}
