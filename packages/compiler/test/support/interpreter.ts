import type {
  ConstantSymbol,
  FunctionSymbol,
  Local,
  Typed,
  TypedModule,
  TypedPattern,
} from '../../src/typed/typed-tree.ts';
import { builtinResult } from './interpreted-builtins.ts';
import { GiveUp, operate, Trap } from './interpreted-operations.ts';
import { variant, type Closure, type Interpreted, type Variant } from './interpreted-value.ts';

type Locals = Map<Local, Interpreted>;

const MOST_STEPS = 200_000;
const MOST_CALLS = 400;

/** Interprets the typed tree of a module, independently of the emitter. */
export class Interpreter {
  /** Printed lines. */
  readonly log: string[] = [];
  readonly #module: TypedModule;
  #steps = 0;
  #depth = 0;

  constructor(module: TypedModule) {
    this.#module = module;
  }

  /** Calls a function. Throws `Trap` when the program traps and `GiveUp` at the step limit. */
  call(symbol: FunctionSymbol, values: readonly Interpreted[]): Interpreted {
    const chosen = this.#module.instances.chosen.get(symbol) ?? symbol;
    const all = [...this.#module.functions, ...this.#module.instances.functions];
    const found = all.find((candidate) => candidate.symbol === chosen);
    if (found === undefined) throw new Error(`no function ${symbol.name}`);
    return this.#enter(() =>
      this.#value(found.body, new Map(found.parameters.map((local, at) => [local, values[at]]))),
    );
  }

  #enter(run: () => Interpreted): Interpreted {
    this.#depth += 1;
    if (this.#depth > MOST_CALLS) throw new GiveUp();
    try {
      return run();
    } finally {
      this.#depth -= 1;
    }
  }

  #all(expressions: readonly Typed[], locals: Locals): readonly Interpreted[] {
    return expressions.map((expression) => this.#value(expression, locals));
  }

  #value(expression: Typed, locals: Locals): Interpreted {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) throw new GiveUp();
    switch (expression.kind) {
      case 'int':
      case 'float':
      case 'bool':
      case 'string':
        return expression.value;
      case 'local':
        return locals.get(expression.local);
      case 'constant':
        return this.#constant(expression.constant);
      case 'negate': {
        const value = this.#value(expression.operand, locals);
        return typeof value === 'bigint' ? BigInt.asIntN(64, -value) : -(value as number);
      }
      case 'not':
        return this.#value(expression.operand, locals) !== true;
      case 'chain':
        return this.#chain(expression, locals);
      case 'closure':
        return { parameters: expression.parameters, body: expression.body, around: new Map(locals) };
      case 'apply': {
        const callee = this.#value(expression.callee, locals) as Closure;
        return this.#apply(callee, this.#all(expression.arguments, locals));
      }
      case 'call':
        return this.call(expression.callee, this.#all(expression.arguments, locals));
      case 'builtin':
        return builtinResult(expression.builtin.name, this.#all(expression.arguments, locals), this.log);
      case 'variant':
        return variant(expression.tag, ...this.#all(expression.fields, locals));
      case 'record': {
        const fields: Interpreted[] = [];
        for (const { index, value } of expression.fields) fields[index] = this.#value(value, locals);
        return fields;
      }
      case 'field':
        return (this.#value(expression.target, locals) as readonly Interpreted[])[expression.index];
      case 'list':
        return this.#all(expression.elements, locals);
      case 'block':
        for (const statement of expression.statements) {
          const value = this.#value(statement.value, locals);
          if (statement.kind !== 'discard') locals.set(statement.local, value);
        }
        return expression.result === undefined ? undefined : this.#value(expression.result, locals);
      case 'match':
        return this.#match(expression, locals);
      case 'broken':
        throw new Error('the module has errors');
    }
  }

  #constant(symbol: ConstantSymbol): Interpreted {
    const found = this.#module.constants.find((candidate) => candidate.symbol === symbol);
    return found === undefined ? undefined : this.#value(found.value, new Map());
  }

  #apply({ parameters, body, around }: Closure, values: readonly Interpreted[]): Interpreted {
    const locals: Locals = new Map(around);
    for (const [at, local] of parameters.entries()) locals.set(local, values[at]);
    return this.#enter(() => this.#value(body, locals));
  }

  #chain({ first, rest }: Typed & { kind: 'chain' }, locals: Locals): Interpreted {
    let value = this.#value(first, locals);
    for (const { operation, operand } of rest) {
      if (operation === 'and' || operation === 'or') {
        if (value === (operation === 'and')) value = this.#value(operand, locals);
      } else value = operate(operation, value, this.#value(operand, locals));
    }
    return value;
  }

  #match({ subject, arms }: Typed & { kind: 'match' }, locals: Locals): Interpreted {
    const value = this.#value(subject, locals);
    for (const { pattern, guard, body } of arms) {
      if (!takes(pattern, value, locals)) continue;
      if (guard === undefined || this.#value(guard, locals) === true) return this.#value(body, locals);
    }
    throw new Trap('no arm');
  }
}

function takes(pattern: TypedPattern, value: Interpreted, locals: Locals): boolean {
  switch (pattern.kind) {
    case 'any':
      if (pattern.local !== undefined) locals.set(pattern.local, value);
      return true;
    case 'literal':
      return value === pattern.value;
    case 'range':
      return typeof value === 'bigint' && pattern.from <= value && value <= pattern.to;
    case 'variant': {
      const { tag, fields } = value as Variant;
      return tag === pattern.tag && pattern.fields.every((field, at) => takes(field, fields[at], locals));
    }
  }
}
