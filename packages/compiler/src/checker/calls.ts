import type { BuiltinFunction } from '../builtins/builtin-function.ts';
import { builtinFunctions, builtinTypes } from '../builtins/builtins.ts';
import type { Expression } from '../parser/syntax-tree.ts';
import type { FunctionSymbol, Typed } from '../typed/typed-tree.ts';
import type { Span } from '../diagnostics/source-text.ts';
import { actual, typeName, type FunctionType, type Type } from '../types/type.ts';
import { isKey, KEY_HINT } from './map-keys.ts';
import { checkArguments } from './arguments.ts';
import { BROKEN, type BodyContext, type Expectation } from './body-context.ts';
import { refuseInConstant, requireEffects } from './effect-check.ts';
import { makeVariant, variantNamed, type VariantUse } from './constructors.ts';
import { refuseUnknown } from './names.ts';

type Call = Expression & { kind: 'call' };

/** Checks a call. A name resolves to a local, a constant, a function, a variant or a builtin, in this order. */
export function checkCall(context: BodyContext, call: Call, expected?: Expectation): Typed {
  const { text, span } = call.callee;
  const value = valueNamed(context, text);
  if (value !== undefined) {
    const type = actual(value.type);
    if (type.kind === 'function') return applyValue(context, value, type, call);
    checkArgumentValues(context, call);
    if (type.kind === 'unknown') return BROKEN;
    const message = `\`${text}\` is a value, not a function`;
    return context.error({ code: 'NOT_CALLABLE', span, message, hint: 'rename the value' });
  }
  const { functions, generics } = context.symbols;
  const callee = generics.use(text, span) ?? functions.get(text);
  if (callee !== undefined) return callFunction(context, callee, call);
  const variant = variantNamed(context, text, expected?.type);
  if (variant !== undefined) return callVariant(context, variant, call);
  const builtin = builtinFunctions().get(text);
  if (builtin !== undefined) return callBuiltin(context, builtin, call);
  checkArgumentValues(context, call);
  return refuseUnknown(context, text, span);
}

function valueNamed(context: BodyContext, name: string): Typed | undefined {
  const local = context.local(name);
  if (local !== undefined) return { kind: 'local', local, type: local.type };
  const constant = context.symbols.constants.get(name);
  return constant && { kind: 'constant', constant, type: constant.type };
}

function applyValue(context: BodyContext, callee: Typed, { parameters, result }: FunctionType, call: Call): Typed {
  const unnamed = parameters.map((type) => ({ name: '', type }));
  return checkArguments(
    context,
    { name: call.callee.text, parameters: unnamed, what: 'parameter' },
    call,
    (values) => ({
      kind: 'apply',
      callee,
      arguments: values,
      type: result,
    }),
  );
}

/** Checks the arguments of a rejected call, to report the errors in them. */
function checkArgumentValues(context: BodyContext, call: Call): void {
  for (const { value } of call.arguments) context.check(value);
}

function callFunction(context: BodyContext, callee: FunctionSymbol, call: Call): Typed {
  if (context.owner.kind === 'constant') {
    checkArgumentValues(context, call);
    refuseInConstant(context, call.callee);
    return BROKEN;
  }
  requireEffects(context, callee.effects, call.callee);
  const { name, parameters, result } = callee;
  return checkArguments(context, { name, parameters, what: 'parameter' }, call, (values) => ({
    kind: 'call',
    callee,
    arguments: values,
    type: result,
  }));
}

function callBuiltin(context: BodyContext, builtin: BuiltinFunction, call: Call): Typed {
  if (builtin.effect !== undefined) requireEffects(context, new Set([builtin.effect]), call.callee);
  const { name } = builtin;
  const { parameters, result, typeArguments } = builtinTypes(builtin);
  const typed = checkArguments(context, { name, parameters, what: 'parameter' }, call, (values) => ({
    kind: 'builtin',
    builtin,
    typeArguments,
    arguments: values,
    type: result,
  }));
  const key = typeArguments.get('K');
  return key === undefined || isKey(key) ? typed : refuseKey(context, key, call.span);
}

function refuseKey(context: BodyContext, key: Type, span: Span): Typed {
  const message = `the key of a Map must be a String or an Int64, not ${typeName(key)}`;
  return context.error({ code: 'TYPE_MISMATCH', span, message, hint: KEY_HINT });
}

function callVariant(context: BodyContext, variant: VariantUse, call: Call): Typed {
  const { name, fields } = variant;
  return checkArguments(context, { name, parameters: fields, what: 'field' }, call, (values) =>
    makeVariant(variant, values),
  );
}
