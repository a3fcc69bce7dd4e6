import { Report } from '../diagnostics/report.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { lex } from '../lexer/lexer.ts';
import { parse } from '../parser/parser.ts';
import type { FunctionNode, TypeExpression } from '../parser/syntax-tree.ts';
import { PRIMITIVES, typeVariable, UNKNOWN, type Type } from '../types/type.ts';
import type { BuiltinFunction, BuiltinTypes, TypeArguments } from './builtin-function.ts';
import { BUILTIN_ROWS } from './builtin-rows.ts';

let builtins: ReadonlyMap<string, BuiltinFunction> | undefined;

/** Returns all builtin functions by name. Their signatures are parsed at the first use: most programs compile nothing. */
export const builtinFunctions = (): ReadonlyMap<string, BuiltinFunction> => (builtins ??= readRows());

/** Returns the types of a builtin for one call. */
export function builtinTypes({ declaration }: BuiltinFunction): BuiltinTypes {
  const typeArguments = new Map(declaration.typeParameters.map(({ text }) => [text, typeVariable()]));
  const read = (expression: TypeExpression): Type => typeWith(expression, typeArguments);
  const parameters = declaration.parameters.map(({ name, type }) => ({ name: name.text, type: read(type) }));
  return { parameters, result: read(declaration.result), typeArguments };
}

function readRows(): ReadonlyMap<string, BuiltinFunction> {
  const text = `module builtins\n${BUILTIN_ROWS.map(({ signature }) => `function ${signature} {}\n`).join('')}`;
  const report = new Report(new SourceText(text, 'builtins'));
  const { functions } = parse(report, lex(report));
  const read = new Map<string, BuiltinFunction>();
  for (const [index, { effect, lowering }] of BUILTIN_ROWS.entries()) {
    const declaration = functions[index] as FunctionNode;
    const name = declaration.name.text;
    read.set(name, { name, declaration, effect, lowering: lowering ?? { kind: 'plain', name } });
  }
  return read;
}

function typeWith(expression: TypeExpression, typeArguments: TypeArguments): Type {
  if (expression.kind !== 'named') return UNKNOWN;
  const inside = expression.arguments.map((argument) => typeWith(argument, typeArguments));
  const [first = UNKNOWN, second = UNKNOWN] = inside;
  switch (expression.name) {
    case 'List':
      return { kind: 'List', element: first };
    case 'Option':
      return { kind: 'Option', value: first };
    case 'Result':
      return { kind: 'Result', ok: first, error: second };
    case 'Map':
      return { kind: 'Map', key: first, value: second };
    default:
      return PRIMITIVES.get(expression.name) ?? typeArguments.get(expression.name) ?? UNKNOWN;
  }
}
