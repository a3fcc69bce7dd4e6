import { builtinFunctions } from '../builtins/builtins.ts';
import { UNAVAILABLE_BUILTINS } from '../builtins/unavailable-builtins.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Expression } from '../parser/syntax-tree.ts';
import type { Typed } from '../typed/typed-tree.ts';
import { actual, UNKNOWN } from '../types/type.ts';
import { BROKEN, type BodyContext, type Expectation } from './body-context.ts';
import { makeVariant, variantNamed } from './constructors.ts';
import { checkFunctionName, variantValue } from './function-values.ts';
import { foreignNameHint } from './foreign-names.ts';

/** Checks a name that is used as a value: a local, a constant, a variant without fields or a function. */
export function checkName(
  context: BodyContext,
  expression: Expression & { kind: 'name' },
  expected?: Expectation,
): Typed {
  const { text, span } = expression;
  const local = context.local(text);
  if (local !== undefined) return { kind: 'local', local, type: local.type };
  const constant = context.symbols.constants.get(text);
  if (constant !== undefined) return { kind: 'constant', constant, type: constant.type };
  const variant = variantNamed(context, text, expected?.type);
  if (variant !== undefined) {
    const [field] = variant.fields;
    if (field === undefined) return makeVariant(variant, []);
    if (expected !== undefined && actual(expected.type).kind === 'function') return variantValue(variant);
    const message = `\`${text}\` needs a value`;
    return context.error({ code: 'WRONG_ARITY', span, message, hint: `write ${text}(${field.name})` });
  }
  return checkFunctionName(context, expression) ?? refuseUnknown(context, text, span);
}

/** Reports an undeclared name with a suggestion. */
export function refuseUnknown(context: BodyContext, name: string, span: Span): Typed {
  const { symbols } = context;
  if (symbols.refused.has(name)) return { ...BROKEN, type: UNKNOWN };
  const need = UNAVAILABLE_BUILTINS.get(name);
  if (need !== undefined) {
    const message = `the builtin \`${name}\` (${need}) is not available in this compiler`;
    return context.error({
      code: 'BUILTIN_NOT_AVAILABLE',
      span,
      message,
      hint: 'remove the call, or pass its result as a parameter',
    });
  }
  const { functions, constants, constructors } = symbols;
  const declared = [...context.localNames, ...functions.keys(), ...constants.keys(), ...constructors.keys()];
  const known = [...declared, 'Some', 'None', 'Ok', 'Err', ...builtinFunctions().keys()];
  const hint = foreignNameHint(name) ?? didYouMean(name, known);
  return context.error({ code: 'UNKNOWN_NAME', span, message: `unknown name \`${name.slice(0, 60)}\``, hint });
}
