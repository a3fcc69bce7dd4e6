import { ExpressionWriter, type GenFunction, type Variable } from './generated-expression.ts';
import { anyType, declared, definitions, INT, shown, valueType, type GenType } from './generated-type.ts';
import type { Tape } from './tape.ts';

const FUEL = 5;

const GENERICS = `
function picked<T>(first: Bool, a: T, b: T) -> T { match first { True -> a, False -> b } }
function twice<T>(f: (T) -> T, x: T) -> T { f(f(x)) }
function value_or<T>(x: Option<T>, other: T) -> T { match x { Some(value) -> value, None -> other } }
function folded<T, A>(xs: List<T>, at: Int64, so_far: A, f: (A, T) -> A) -> A {
  match at < length(xs) { True -> folded(xs, at + 1, f(so_far, nth(xs, at)), f), False -> so_far }
}
function mapped<T, U>(xs: List<T>, at: Int64, so_far: List<U>, f: (T) -> U) -> List<U> {
  match at >= length(xs) { True -> so_far, _ -> mapped(xs, at + 1, append(so_far, f(nth(xs, at))), f) }
}
`;

/** Generates a valid module. Functions call earlier ones; recursive ones count down. */
export function generateProgram(tape: Tape): string {
  const types = definitions(tape);
  const names = [...types.keys()];
  const functions: GenFunction[] = [];
  const texts: string[] = [];
  const count = 2 + tape.below(4);
  for (let at = 0; at < count; at += 1) {
    const name = `f${String(at)}`;
    const parameters = Array.from({ length: tape.below(4) }, (_, index): Variable => ({
      name: `p${String(index)}`,
      type: anyType(tape, names),
      mutable: false,
    }));
    const result = at === count - 1 ? valueType(tape, names) : anyType(tape, names);
    const writer = new ExpressionWriter(tape, types, functions);
    const made = tape.often(4)
      ? looping(tape, { name, parameters, result, writer })
      : plain({ name, parameters, result, writer });
    texts.push(made.text);
    functions.push(made.signature);
  }
  return ['module generated', ...[...types].map(declared), GENERICS, ...texts].join('\n');
}

interface Parts {
  readonly name: string;
  readonly parameters: readonly Variable[];
  readonly result: GenType;
  readonly writer: ExpressionWriter;
}

interface Made {
  readonly text: string;
  readonly signature: GenFunction;
}

function written({ name, parameters, result }: Parts, body: string): Made {
  const list = parameters.map((parameter) => `${parameter.name}: ${shown(parameter.type)}`).join(', ');
  const text = `effect[Log] function ${name}(${list}) -> ${shown(result)} { ${body} }`;
  return { text, signature: { name, parameters: parameters.map(({ type }) => type), result } };
}

const plain = (parts: Parts): Made => written(parts, parts.writer.value(parts.result, parts.parameters, FUEL));

/** Generates a recursive call with a smaller count, in tail position or not. */
function looping(tape: Tape, { parameters, ...parts }: Parts): Made {
  const { name, result, writer } = parts;
  const counter: Variable = { name: 'n', type: INT, mutable: false };
  const all = [counter, ...parameters];
  const again = (scope: readonly Variable[]): string => {
    const values = parameters.map(({ type }, at) => {
      const swapped = tape.often(3)
        ? parameters.find((other, to) => to !== at && shown(other.type) === shown(type))
        : undefined;
      return swapped?.name ?? writer.value(type, scope, FUEL - 2);
    });
    return `${name}(${['n - 1', ...values].join(', ')})`;
  };
  const end = writer.value(result, all, FUEL - 2);
  const inner: Variable = { name: writer.fresh(), type: result, mutable: false };
  const forms: readonly [() => string, ...(() => string)[]] = [
    () => again(all),
    () =>
      `{ print_int(n); let k: Int64 = ${writer.value(INT, all, 1)}; match k > n { True -> ${again([...all])}, False -> ${again(all)} } }`,
    () => `{ let ${inner.name}: ${shown(result)} = ${again(all)}; ${writer.value(result, [...all, inner], FUEL - 2)} }`,
    () => `match n { 3 -> ${writer.value(result, all, 2)}, _ if n % 2 == 0 -> ${again(all)}, _ -> ${again(all)} }`,
  ];
  return written(
    { ...parts, parameters: all },
    `match n <= 0 or n > 12 { True -> ${end}, False -> ${tape.pick(forms)()} }`,
  );
}
