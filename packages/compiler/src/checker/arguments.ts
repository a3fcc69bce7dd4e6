import type { Argument, Expression } from '../parser/syntax-tree.ts';
import type { Local, Typed, TypedStatement } from '../typed/typed-tree.ts';
import { typeName, type Field } from '../types/type.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { BROKEN, type BodyContext } from './body-context.ts';

/** Signature of a callee. */
export interface Called {
  readonly name: string;
  /** The parameters of a function value have empty names. */
  readonly parameters: readonly Field[];
  /** Kind of the parameters in messages: `parameter` or `field`. */
  readonly what: string;
}

/** Checks the arguments of a call and builds the call. Named arguments are evaluated in source order. */
export function checkArguments(
  context: BodyContext,
  called: Called,
  call: Expression & { kind: 'call' },
  make: (values: readonly Typed[]) => Typed,
): Typed {
  const places = call.arguments.map((argument, index) => placeOf(context, called, argument, index));
  const values = call.arguments.map(({ value }, index) => {
    const place = places[index] ?? -1;
    const parameter = called.parameters[place];
    if (parameter === undefined) return context.check(value);
    const label = parameter.name === '' ? (place + 1).toString() : `\`${parameter.name}\``;
    const what = `${called.what} ${label} of \`${called.name}\``;
    return context.check(value, { type: parameter.type, what });
  });
  if (!isComplete(context, called, call, places)) return BROKEN;
  const inOrder = places.every((place, index) => place === index);
  return inOrder ? make(values) : makeReordered(values, places, make);
}

function placeOf(context: BodyContext, called: Called, { name }: Argument, index: number): number | undefined {
  if (name === undefined) return index;
  const names = called.parameters.map((parameter) => parameter.name);
  const place = names.indexOf(name.text);
  if (place >= 0) return place;
  const message = `\`${called.name}\` has no ${called.what} \`${name.text}\``;
  const hint = didYouMean(name.text, names) ?? `call it as ${signatureOf(called)}`;
  context.error({ code: 'UNKNOWN_ARGUMENT', span: name.span, message, hint });
  return undefined;
}

function isComplete(
  context: BodyContext,
  called: Called,
  call: Expression & { kind: 'call' },
  places: readonly (number | undefined)[],
): boolean {
  if (places.includes(undefined)) return false;
  const hint = `call it as ${signatureOf(called)}`;
  const positional = call.arguments.find(({ name }) => name === undefined);
  if (positional !== undefined && call.arguments.some(({ name }) => name !== undefined)) {
    const message = 'named and positional arguments cannot be mixed';
    context.error({ code: 'UNKNOWN_ARGUMENT', span: positional.value.span, message, hint });
    return false;
  }
  const again = call.arguments.find((_, index) => places.indexOf(places[index]) < index);
  if (again?.name !== undefined) {
    const message = `the ${called.what} \`${again.name.text}\` is specified twice`;
    context.error({ code: 'DUPLICATE_NAME', span: again.name.span, message });
    return false;
  }
  const [wanted, given] = [called.parameters.length, call.arguments.length];
  if (wanted === given) return true;
  const span = call.arguments[wanted]?.value.span ?? call.span;
  const message = `\`${called.name}\` takes ${count(wanted)}, here ${given === 1 ? 'is 1' : `are ${given.toString()}`}`;
  context.error({ code: 'WRONG_ARITY', span, message, hint });
  return false;
}

const count = (wanted: number): string => (wanted === 1 ? '1 argument' : `${wanted.toString()} arguments`);

const signatureOf = ({ name, parameters }: Called): string =>
  `${name}(${parameters.map((parameter) => `${parameter.name}: ${typeName(parameter.type)}`.replace(/^: /, '')).join(', ')})`;

function makeReordered(
  values: readonly Typed[],
  places: readonly (number | undefined)[],
  make: (values: readonly Typed[]) => Typed,
): Typed {
  const locals = values.map(({ type }): Local => ({ name: '', type, mutable: false }));
  const statements = values.flatMap((value, index): TypedStatement[] => {
    const local = locals[index];
    return local === undefined ? [] : [{ kind: 'let', local, value }];
  });
  const ordered = locals.map((_, place): Typed => {
    const local = locals[places.indexOf(place)];
    return local === undefined ? BROKEN : { kind: 'local', local, type: local.type };
  });
  const result = make(ordered);
  return { kind: 'block', statements, result, type: result.type };
}
