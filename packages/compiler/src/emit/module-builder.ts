import type { ConstantSymbol, FunctionSymbol, Local, Typed, TypedFunction, TypedModule } from '../typed/typed-tree.ts';
import { coreType } from '../types/layout.ts';
import { emitExpression } from './expressions.ts';
import { FunctionCode, type Callee, type CoreSignature } from './function-code.ts';
import { FunctionContext, type Closure, type ModuleContext } from './function-context.ts';
import { Literals } from './literals.ts';
import { OP, VALUE_TYPE, valueTypes } from './opcodes.ts';
import { ByteWriter } from './byte-writer.ts';
import { lastCalls } from '../typed/last-expressions.ts';

export interface HostImport {
  readonly name: string;
  readonly signature: CoreSignature;
}

export interface OwnFunction {
  readonly code: FunctionCode;
  /** The function, or the constant that it computes. */
  readonly symbol: FunctionSymbol | ConstantSymbol;
}

interface ClosureFunction {
  readonly index: number;
  readonly captured: readonly Local[];
}

/** Emits the exported functions and their callees, and collects the required host functions. */
export class ModuleBuilder implements ModuleContext {
  readonly literals = new Literals();
  readonly types = new TypeTable();
  readonly imports: HostImport[] = [];
  /** Functions by ordinal; complete after `finish`. */
  readonly functions: OwnFunction[] = [];
  /** Functions that are called indirectly. */
  readonly table: Callee[] = [];
  /** True if an indirect call exists: the module then needs a table, even an empty one. */
  callsValues = false;
  readonly #hosts = new Map<string, Callee>();
  readonly #owns = new Map<FunctionSymbol | ConstantSymbol, Callee>();
  readonly #declared: ReadonlyMap<FunctionSymbol, TypedFunction>;
  readonly #chosen: ReadonlyMap<FunctionSymbol, FunctionSymbol>;
  readonly #constants: ReadonlyMap<ConstantSymbol, Typed>;
  readonly #closures = new Map<FunctionSymbol, number>();
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(module: TypedModule) {
    const declared = [...module.functions, ...module.instances.functions];
    this.#declared = new Map(declared.map((each) => [each.symbol, each]));
    this.#chosen = module.instances.chosen;
    this.#constants = new Map(module.constants.map(({ symbol, value }) => [symbol, value]));
  }

  host(name: string, signature: CoreSignature): Callee {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const callee: Callee = { kind: 'host', ordinal: this.imports.length, signature };
    this.imports.push({ name, signature });
    this.#hosts.set(name, callee);
    return callee;
  }

  chosen(callee: FunctionSymbol): FunctionSymbol {
    return this.#chosen.get(callee) ?? callee;
  }

  own(symbol: FunctionSymbol): Callee {
    const known = this.#owns.get(symbol);
    if (known !== undefined) return known;
    const declared = this.#declared.get(symbol);
    if (declared === undefined) throw new Error(`\`${symbol.name}\` has no body`);
    const parameters = symbol.parameters.flatMap(({ type }) => valueTypes(coreType(type)));
    const signature = { parameters, result: coreType(symbol.result) };
    return this.#queue(symbol, signature, () => this.#function(declared, signature));
  }

  /** Returns a literal itself; another constant is a function without parameters. */
  constant(symbol: ConstantSymbol): Callee | Typed {
    const known = this.#owns.get(symbol);
    if (known !== undefined) return known;
    const value = this.#constants.get(symbol);
    if (value === undefined) throw new Error(`\`${symbol.name}\` has no value`);
    if (LITERALS.has(value.kind)) return value;
    const signature = { parameters: [], result: coreType(symbol.type) };
    return this.#queue(symbol, signature, () => {
      const code = new FunctionCode(signature);
      new FunctionContext(this, code, { owner: symbol, emit: emitExpression }).emit(value);
      return { code, symbol };
    });
  }

  typeIndexOfValue(signature: CoreSignature): number {
    this.callsValues = true;
    return this.types.index(signature);
  }

  /** Emits the function of a closure immediately, because its captured locals are known only then. */
  closure({ parameters, body, of }: Closure, owner: FunctionSymbol | ConstantSymbol): ClosureFunction {
    const known = of && this.#closures.get(of);
    if (known !== undefined) return { index: known, captured: [] };
    const types = parameters.flatMap(({ type }) => valueTypes(coreType(type)));
    const signature: CoreSignature = { parameters: ['i32', ...types], result: coreType(body.type) };
    const callee: Callee = { kind: 'own', ordinal: this.#count, signature };
    this.#count += 1;
    const index = this.table.push(callee) - 1;
    const code = new FunctionCode(signature);
    const context = new FunctionContext(this, code, { owner, emit: emitExpression });
    let slot = 1;
    for (const local of parameters) {
      if (coreType(local.type) === 'none') continue;
      context.parameter(local, slot);
      slot += 1;
    }
    context.emit(body, true);
    this.functions[callee.ordinal] = { code, symbol: owner };
    if (of !== undefined) this.#closures.set(of, index);
    return { index, captured: context.captured };
  }

  /** Emits all requested functions and the functions that they request. */
  finish(): void {
    for (let write = this.#waiting.shift(); write !== undefined; write = this.#waiting.shift()) write();
  }

  #queue(symbol: FunctionSymbol | ConstantSymbol, signature: CoreSignature, write: () => OwnFunction): Callee {
    const callee: Callee = { kind: 'own', ordinal: this.#count, signature };
    this.#count += 1;
    this.#owns.set(symbol, callee);
    this.#waiting.push(() => {
      this.functions[callee.ordinal] = write();
    });
    return callee;
  }

  #function({ symbol, parameters, body }: TypedFunction, signature: CoreSignature): OwnFunction {
    const code = new FunctionCode(signature);
    const context = new FunctionContext(this, code, { owner: symbol, emit: emitExpression });
    for (const [slot, local] of parameters.entries()) context.parameter(local, slot);
    if (!restartsItself((callee) => this.chosen(callee) === symbol, body)) {
      context.emit(body, true);
      return { code, symbol };
    }
    const label = code.open(OP.loop, signature.result);
    context.restart = { symbol, label };
    context.emit(body, true);
    code.close();
    return { code, symbol };
  }
}

const LITERALS: ReadonlySet<Typed['kind']> = new Set(['int', 'float', 'bool', 'string']);

const FUNCTION_TYPE = 0x60;

/** The distinct function types of a module. */
class TypeTable {
  readonly entries: Uint8Array[] = [];
  readonly #indices = new Map<string, number>();

  index({ parameters, result }: CoreSignature): number {
    const key = `${parameters.join()}>${result}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const results = result === 'none' ? [] : [result];
    const entry = new ByteWriter().byte(FUNCTION_TYPE);
    for (const types of [parameters, results]) {
      entry.unsigned(types.length);
      for (const type of types) entry.byte(VALUE_TYPE[type]);
    }
    this.#indices.set(key, this.entries.length);
    this.entries.push(entry.bytes());
    return this.entries.length - 1;
  }
}

/** Returns true if a function has a tail call of itself. */
function restartsItself(isSelf: (callee: FunctionSymbol) => boolean, body: Typed): boolean {
  for (const callee of lastCalls(body)) if (isSelf(callee)) return true;
  return false;
}
