import type { Span } from '../diagnostics/source-text.ts';
import type { ReadExpression } from './compound-parser.ts';
import type { Expression } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';

const CONDITION = 'use match on a Bool: match cond { True -> …, False -> … }';
const LOOP = 'use a recursive function instead of a loop; a call of itself in last position takes no stack';
const VALUE = 'make it the last expression of the block, which is its value';
const BINDING = 'bind names with let name = value;';
const ERRORS = 'return Result<T, E> from a function that can fail: Ok(value) or Err(error)';

/** Keywords of statements in other languages and their replacement in Clarity. */
const STATEMENTS = new Map([
  ['return', VALUE],
  ['while', LOOP],
  ['for', LOOP],
  ['loop', LOOP],
  ['break', LOOP],
  ['continue', LOOP],
  ['else', CONDITION],
  ['elif', CONDITION],
  ['switch', 'use match value { pattern -> …, _ -> … }'],
  ['case', 'use match value { pattern -> …, _ -> … }'],
  ['var', BINDING],
  ['val', BINDING],
  ['try', ERRORS],
  ['throw', ERRORS],
  ['raise', ERRORS],
  ['new', 'create records with { field: value }, variants with Name(value)'],
  ['await', 'remove it: every call waits for its result'],
  ['def', 'declare functions at the top level: function name(x: Int64) -> Int64 { … }'],
  ['fn', 'declare functions at the top level: function name(x: Int64) -> Int64 { … }'],
]);
const WITH_PARENTHESES = new Set(['while', 'for', 'switch']);

/** Reports foreign statements such as `return x` or `while (…) …`. The word alone is accepted as a name. */
export function refuseForeignStatement(stream: TokenStream): void {
  const word = stream.current;
  if (word.kind !== 'identifier') return;
  const hint = STATEMENTS.get(word.text);
  if (hint === undefined) return;
  const next = stream.ahead(1);
  const begins = next.kind !== 'symbol' && next.kind !== 'end' && next.kind !== 'keyword';
  const keyword = ['match', 'if', 'True', 'False'].some((text) => stream.is(text as 'match', 1));
  const opens = stream.is('{', 1) || stream.is('[', 1) || (stream.is('(', 1) && WITH_PARENTHESES.has(word.text));
  if (!begins && !keyword && !opens) return;
  stream.fail({ code: 'FOREIGN_SYNTAX', span: word, message: `Clarity has no \`${word.text}\``, hint });
}

/** Returns the hint for a keyword of another language. */
export const foreignStatementHint = (word: string): string | undefined => STATEMENTS.get(word);

export const refuseIf = (stream: TokenStream): never =>
  stream.fail({
    code: 'FOREIGN_SYNTAX',
    span: stream.current,
    message: '`if` is allowed only before the `->` of a match arm',
    hint: CONDITION,
  });

/** Reports an index access such as `xs[0]`. */
export function refuseIndex(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.advance();
  const message = 'values cannot be indexed with brackets';
  const hint = 'use nth(list, index) for lists, char_at(text, index) for strings';
  stream.report.error({ code: 'FOREIGN_SYNTAX', span: start, message, hint });
  expression(stream);
  stream.expect(']', 'after the index');
  return { kind: 'broken', span: stream.since(start) };
}

/** Methods of other languages and the equivalent functions. */
const METHODS = new Map([
  ['toUpperCase', 'to_uppercase(text)'],
  ['upper', 'to_uppercase(text)'],
  ['toLowerCase', 'to_lowercase(text)'],
  ['lower', 'to_lowercase(text)'],
  ['length', 'string_length(text) or length(list)'],
  ['len', 'string_length(text) or length(list)'],
  ['size', 'length(list) or map_size(map)'],
  ['push', 'append(list, value)'],
  ['append', 'append(list, value)'],
  ['includes', 'contains(text, part)'],
  ['indexOf', 'index_of(text, part)'],
  ['replace', 'string_replace(text, part, replacement)'],
  ['startsWith', 'string_starts_with(text, start)'],
  ['endsWith', 'string_ends_with(text, end)'],
  ['toString', 'int_to_string(value) or float_to_string(value)'],
  ['charAt', 'char_at(text, index)'],
  ['get', 'map_get(map, key) or nth(list, index)'],
  ['set', 'map_set(map, key, value)'],
  ['unwrap', 'match value { Some(x) -> …, None -> … }'],
]);

/** Reports a method call such as `xs.length()`. */
export function refuseMethod(stream: TokenStream, target: Expression & { kind: 'field' }, span: Span): Expression {
  const method = target.path.at(-1);
  if (method !== undefined) {
    const hint = `write ${METHODS.get(method.text) ?? `${method.text}(value, …)`}`;
    stream.report.error({ code: 'FOREIGN_SYNTAX', span: method.span, message: 'values have no methods', hint });
  }
  return { kind: 'broken', span };
}

/** Reports a spread such as `{ ...point, x: 1 }`. */
export function refuseSpread(stream: TokenStream): never {
  stream.advance();
  return stream.fail({
    code: 'FOREIGN_SYNTAX',
    span: stream.current,
    message: 'records cannot be spread',
    hint: 'list all fields of the record: { x: 1, y: point.y }',
  });
}

/** Returns a hint for an operator without operand, as in `i++` and `i += 1`. */
export function hintAtOperand(stream: TokenStream): string | undefined {
  const { previous } = stream;
  const operator = previous.kind === 'symbol' ? previous.text : '';
  const adjoins = previous.end === stream.current.start;
  if (stream.is('=') && adjoins && ['+', '-', '*', '/', '%', '++'].includes(operator)) {
    return `write name = name ${operator} value`;
  }
  if (operator === '++') return 'use name = name + 1 with a name declared by let mut; ++ joins strings';
  return stream.is('=') ? 'change a name with name = value, compare with ==' : undefined;
}
