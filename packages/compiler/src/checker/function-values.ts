import type { BuiltinFunction } from '../builtins/builtin-function.ts';
import { builtinFunctions, builtinTypes } from '../builtins/builtins.ts';
import type { Expression } from '../parser/syntax-tree.ts';
import type { FunctionSymbol, Local, Typed } from '../typed/typed-tree.ts';
import { actual, type Type } from '../types/type.ts';
import { BROKEN, type BodyContext, type Expectation } from './body-context.ts';
import { makeVariant, type VariantUse } from './constructors.ts';
import { refuseInConstant, requireEffects } from './effect-check.ts';

type NameExpression = Expression & { kind: 'name' };

/** Checks a function or builtin that is used as a value. Returns undefined if the name is neither. */
export function checkFunctionName(context: BodyContext, { text, span }: NameExpression): Typed | undefined {
  const name = { text, span };
  const generic = context.symbols.generics.use(text, span);
  const symbol = generic ?? context.symbols.functions.get(text);
  if (symbol !== undefined) {
    requireEffects(context, symbol.effects, name);
    if (context.owner.kind === 'function') return functionValue(symbol, generic === undefined ? symbol : undefined);
    refuseInConstant(context, name);
    return BROKEN;
  }
  const builtin = builtinFunctions().get(text);
  if (builtin === undefined) return undefined;
  if (builtin.effect !== undefined) requireEffects(context, new Set([builtin.effect]), name);
  return builtinValue(builtin);
}

const local = (type: Type): Local => ({ name: '', type, mutable: false });

const read = (locals: readonly Local[]): readonly Typed[] =>
  locals.map((value) => ({ kind: 'local', local: value, type: value.type }));

function closure(parameters: readonly Local[], body: Typed, of?: FunctionSymbol): Typed {
  const type: Type = { kind: 'function', parameters: parameters.map((parameter) => parameter.type), result: body.type };
  return { kind: 'closure', parameters, body, of, type };
}

function functionValue(symbol: FunctionSymbol, of: FunctionSymbol | undefined): Typed {
  const parameters = symbol.parameters.map(({ type }) => local(type));
  return closure(parameters, { kind: 'call', callee: symbol, arguments: read(parameters), type: symbol.result }, of);
}

function builtinValue(builtin: BuiltinFunction): Typed {
  const { parameters, result, typeArguments } = builtinTypes(builtin);
  const locals = parameters.map(({ type }) => local(type));
  return closure(locals, { kind: 'builtin', builtin, typeArguments, arguments: read(locals), type: result });
}

/** Returns a variant constructor as a function value. */
export function variantValue(variant: VariantUse): Typed {
  const locals = variant.fields.map(({ type }) => local(type));
  return closure(locals, makeVariant(variant, read(locals)));
}

/** Checks a lambda. It captures copies of the outer values when it is created. */
export function checkLambda(
  context: BodyContext,
  lambda: Expression & { kind: 'lambda' },
  expected?: Expectation,
): Typed {
  const wanted = expected === undefined ? undefined : actual(expected.type);
  const result = wanted?.kind === 'function' ? { type: wanted.result, what: 'the result of this lambda' } : undefined;
  return context.insideLambda(() => {
    const names = new Set<string>();
    const parameters = lambda.parameters.map(({ name, type }) => {
      if (names.has(name.text)) {
        const message = `\`${name.text}\` is already declared as a parameter`;
        context.error({ code: 'DUPLICATE_NAME', span: name.span, message, hint: 'use another name' });
      }
      names.add(name.text);
      return context.bind(name.text, context.types.resolveValue(type, 'a parameter'), { span: name.span });
    });
    return closure(parameters, context.check(lambda.body, result));
  });
}
