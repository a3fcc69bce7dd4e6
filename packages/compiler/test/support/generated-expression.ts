import { BOOL, INT, shown, valueType, type Definitions, type GenField, type GenType } from './generated-type.ts';
import { operation } from './generated-operation.ts';
import { patterns } from './generated-pattern.ts';
import type { Tape } from './tape.ts';

export interface Variable extends GenField {
  readonly mutable: boolean;
}

export interface GenFunction {
  readonly name: string;
  readonly parameters: readonly GenType[];
  readonly result: GenType;
}

const NAMES_OF_LETS = 10_000;

/** Generates expressions of a type. They are well-typed and terminate. */
export class ExpressionWriter {
  readonly #tape: Tape;
  readonly #definitions: Definitions;
  readonly #functions: readonly GenFunction[];
  #names = 0;

  constructor(tape: Tape, definitions: Definitions, functions: readonly GenFunction[]) {
    this.#tape = tape;
    this.#definitions = definitions;
    this.#functions = functions;
  }

  /** Returns a new unique name for a local. */
  fresh(): string {
    this.#names += 1;
    return `x${String(this.#names % NAMES_OF_LETS)}`;
  }

  value(type: GenType, scope: readonly Variable[], fuel: number): string {
    const tape = this.#tape;
    const same = scope.filter((variable) => shown(variable.type) === shown(type));
    const variable = same[same.length - 1 - tape.below(Math.max(1, same.length))];
    const choice = fuel <= 0 ? tape.below(2) : tape.below(12);
    if (choice <= 2) return variable === undefined || choice === 1 ? this.#literal(type, scope, fuel) : variable.name;
    if (choice <= 4) return this.#operation(type, scope, fuel - 1);
    if (choice === 5) return this.#match(type, scope, fuel - 1);
    if (choice === 6) return this.#block(type, scope, fuel - 1);
    if (choice === 7) return this.#call(type, scope, fuel - 1);
    if (choice === 8) return this.#part(type, scope, fuel - 1);
    if (choice === 9) return this.#generic(type, scope, fuel - 1);
    if (choice === 10)
      return `match ${this.value(BOOL, scope, fuel - 1)} { True -> ${this.value(type, scope, fuel - 1)}, False -> ${this.value(type, scope, fuel - 1)} }`;
    return this.#operation(type, scope, fuel - 1);
  }

  lambda(parameters: readonly GenType[], result: GenType, scope: readonly Variable[], fuel: number): string {
    const own = parameters.map((type): Variable => ({ name: this.fresh(), type, mutable: false }));
    const around = scope.map((variable) => ({ ...variable, mutable: false }));
    const list = own.map(({ name, type }) => `${name}: ${shown(type)}`).join(', ');
    const body = this.value(result, [...around, ...own], fuel);
    if (!this.#tape.often(4)) return `|${list}| ${body}`;
    // A lambda that captures two different values.
    const [a, b] = [this.fresh(), this.fresh()];
    const lets = `let ${a}: Int64 = ${this.value(INT, scope, 1)}; let ${b}: Int64 = ${a} - 1;`;
    return `{ ${lets} |${list}| { print_int(${a}); print_int(${b}); ${body} } }`;
  }

  #literal(type: GenType, scope: readonly Variable[], fuel: number): string {
    const tape = this.#tape;
    const inner = (of: GenType): string => this.value(of, scope, fuel - 1);
    switch (type.kind) {
      case 'Int64':
        return tape.pick(['0', '1', '2', '3', '-1', '7', '10', '100', '9223372036854775807', '-9223372036854775808']);
      case 'Float64':
        return tape.pick(['0.0', '1.0', '0.5', '2.25', '-1.5', '100000000000000000000000.0', '0.1']);
      case 'Bool':
        return tape.pick(['False', 'True']);
      case 'String':
        return tape.pick(['""', '"a"', '"ab,c"', '"é🙂"', '" 12 "', '"-7"', '"x\\ny"', '"$\\"\\\\"']);
      case 'List':
        return `[${Array.from({ length: fuel <= 0 ? tape.below(2) : tape.below(4) }, () => inner(type.of)).join(', ')}]`;
      case 'Option':
        return tape.below(3) === 0 ? 'None' : `Some(${inner(type.of)})`;
      case 'Result':
        return tape.below(3) === 0 ? `Err(${inner(type.error)})` : `Ok(${inner(type.of)})`;
      case 'Map':
        return tape.below(3) === 0 || fuel <= 0
          ? 'map_new()'
          : `map_set(${inner(type)}, ${inner(type.key)}, ${inner(type.of)})`;
      case 'Function':
        return this.lambda(type.parameters, type.result, scope, fuel - 1);
      case 'Named':
        return this.#named(type.name, scope, fuel);
    }
  }

  #named(name: string, scope: readonly Variable[], fuel: number): string {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(name);
    const give = ({ name: field, type }: GenField): string => `${field}: ${this.value(type, scope, fuel - 1)}`;
    if (definition.kind === 'record') {
      const fields = this.#tape.often(3) ? definition.fields.toReversed() : definition.fields;
      return `{ ${fields.map(give).join(', ')} }`;
    }
    const { variants } = definition;
    const variant = variants[fuel <= 0 ? 0 : this.#tape.below(variants.length)];
    if (variant === undefined || variant.fields.length === 0) return variant?.name ?? '';
    if (this.#tape.often(3)) return `${variant.name}(${variant.fields.toReversed().map(give).join(', ')})`;
    return `${variant.name}(${variant.fields.map(({ type }) => this.value(type, scope, fuel - 1)).join(', ')})`;
  }

  #operation(type: GenType, scope: readonly Variable[], fuel: number): string {
    const names = [...this.#definitions.keys()];
    const parts = {
      tape: this.#tape,
      some: () => valueType(this.#tape, names, 1),
      give: (of: GenType) => this.value(of, scope, fuel),
      known: (of: GenType) => this.#bound(of, scope, fuel),
    };
    return operation(parts, type) ?? this.#literal(type, scope, fuel);
  }

  /** Generates a value with an explicit type. */
  #bound(type: GenType, scope: readonly Variable[], fuel: number): string {
    const name = this.fresh();
    return `{ let ${name}: ${shown(type)} = ${this.value(type, scope, fuel)}; ${name} }`;
  }

  #match(type: GenType, scope: readonly Variable[], fuel: number): string {
    const tape = this.#tape;
    const subject = valueType(tape, [...this.#definitions.keys()]);
    const { arms, whole } = patterns({ tape, definitions: this.#definitions, fresh: () => this.fresh() }, subject);
    const written = arms.map(({ text, variables }) => {
      const inside = [...scope, ...variables.map((field): Variable => ({ ...field, mutable: false }))];
      const guard = tape.often(3) && !whole ? ` if ${this.value(BOOL, inside, fuel - 1)}` : '';
      return `${text}${guard} -> ${this.value(type, inside, fuel - 1)}`;
    });
    if (!whole) written.push(`_ -> ${this.value(type, scope, fuel - 1)}`);
    return `match ${this.#bound(subject, scope, fuel - 1)} { ${written.join(', ')} }`;
  }

  #block(type: GenType, scope: readonly Variable[], fuel: number): string {
    const tape = this.#tape;
    const inside = [...scope];
    const statements: string[] = [];
    for (let left = 1 + tape.below(3); left > 0; left -= 1) {
      const changed = inside.filter(({ mutable }) => mutable).at(-1 - tape.below(2));
      if (changed !== undefined && tape.often(6)) {
        statements.push(`${changed.name} = ${this.value(changed.type, inside, fuel)};`);
      } else if (tape.often(2)) statements.push(`print_int(${this.value(INT, inside, fuel)});`);
      else {
        const of = tape.often(5) ? type : valueType(tape, [...this.#definitions.keys()]);
        const mutable = tape.often(4);
        // Sometimes shadows a name of an outer scope.
        const hidden = tape.often(2) ? inside.at(-1 - tape.below(3))?.name : undefined;
        const name = hidden ?? this.fresh();
        statements.push(`let ${mutable ? 'mut ' : ''}${name}: ${shown(of)} = ${this.value(of, inside, fuel)};`);
        for (let at = inside.length - 1; at >= 0; at -= 1) if (inside[at]?.name === name) inside.splice(at, 1);
        inside.push({ name, type: of, mutable });
      }
    }
    return `{ ${statements.join(' ')} ${this.value(type, inside, fuel)} }`;
  }

  #call(type: GenType, scope: readonly Variable[], fuel: number): string {
    const values = scope.flatMap(({ name, type: of }): GenFunction[] =>
      of.kind === 'Function' ? [{ name, parameters: of.parameters, result: of.result }] : [],
    );
    const fitting = [...values, ...this.#functions].filter(({ result }) => shown(result) === shown(type));
    const chosen = fitting[this.#tape.below(Math.max(1, fitting.length))];
    if (chosen === undefined) return this.#operation(type, scope, fuel);
    return `${chosen.name}(${chosen.parameters.map((of) => this.value(of, scope, fuel - 1)).join(', ')})`;
  }

  /** Generates a field of a record or an element of a list. */
  #part(type: GenType, scope: readonly Variable[], fuel: number): string {
    const places = scope.flatMap(({ name, type: of }) => {
      const definition = of.kind === 'Named' ? this.#definitions.get(of.name) : undefined;
      const fields = definition?.kind === 'record' ? definition.fields : [];
      return fields.filter((field) => shown(field.type) === shown(type)).map((field) => `${name}.${field.name}`);
    });
    const place = places[this.#tape.below(Math.max(1, places.length))];
    if (place !== undefined) return place;
    const list = this.#bound({ kind: 'List', of: type }, scope, fuel - 1);
    return this.#tape.often(5)
      ? `head(append(${list}, ${this.value(type, scope, fuel - 1)}))`
      : `nth(${list}, ${this.value(INT, scope, fuel - 2)})`;
  }

  /** Generates a call of a generic function. */
  #generic(type: GenType, scope: readonly Variable[], fuel: number): string {
    const tape = this.#tape;
    const give = (of: GenType): string => this.value(of, scope, fuel - 1);
    const other = valueType(tape, [...this.#definitions.keys()], 1);
    const bound = (of: GenType): string => this.#bound(of, scope, fuel - 1);
    if (type.kind === 'List' && tape.often(5)) {
      return `mapped(${bound({ kind: 'List', of: other })}, 0, { let e: ${shown(type)} = []; e }, ${this.lambda([other], type.of, scope, fuel - 1)})`;
    }
    if (type.kind === 'Function') return this.#literal(type, scope, fuel);
    return tape.pick<() => string>([
      () => `picked(${give(BOOL)}, ${bound(type)}, ${give(type)})`,
      () => `twice(${this.lambda([type], type, scope, fuel - 1)}, ${bound(type)})`,
      () =>
        `folded(${bound({ kind: 'List', of: other })}, 0, ${bound(type)}, ${this.lambda([type, other], type, scope, fuel - 1)})`,
      () => `value_or(${bound({ kind: 'Option', of: type })}, ${give(type)})`,
    ])();
  }
}
