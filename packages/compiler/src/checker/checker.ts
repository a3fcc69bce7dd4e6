import type { Report } from '../diagnostics/report.ts';
import type { ConstantNode, ModuleNode } from '../parser/syntax-tree.ts';
import type {
  ConstantSymbol,
  GenericInstances,
  TypedConstant,
  TypedFunction,
  TypedModule,
} from '../typed/typed-tree.ts';
import { BodyContext, type BodyContextDependencies } from './body-context.ts';
import { DeclaredFunctions, type DeclaredFunction } from './declared-functions.ts';
import { DeclaredTypes } from './declared-types.ts';
import { checkExpression } from './expressions.ts';
import { GenericFunctions } from './generic-functions.ts';
import { isFree } from './name-check.ts';
import { TypeResolver } from './type-resolver.ts';

const NO_INSTANCES: GenericInstances = { functions: [], chosen: new Map() };
const NO_EFFECTS: ReadonlySet<string> = new Set();

/** Resolves the names and types of a module. The result is complete only if no error was reported. */
export function checkModule(report: Report, module: ModuleNode): TypedModule {
  const types = new TypeResolver(report);
  const refused = refuseImports(report, module, types);
  const { constructors, records } = new DeclaredTypes(report, types, module.types);
  const declared = new DeclaredFunctions(report, types, module.functions);
  const constants = new Map<string, ConstantSymbol>();
  const generics = new GenericFunctions(report, types, declared.generics);
  const symbols = { functions: declared.byName, generics, constants, constructors, records, refused };
  const dependencies = { report, types, symbols, checkExpression };
  const values = module.constants.flatMap((node) => {
    const constant = checkConstant(dependencies, node);
    constants.set(constant.symbol.name, constant.symbol);
    return constant;
  });
  const checkOne = (declaration: DeclaredFunction): TypedFunction => checkFunction(dependencies, declaration);
  const isGeneric = ({ node }: DeclaredFunction): boolean => node.typeParameters.length > 0;
  declared.list.filter(isGeneric).map(checkOne);
  generics.forgetUses();
  const functions = declared.list.filter((declaration) => !isGeneric(declaration)).map(checkOne);
  const instances = report.failed ? NO_INSTANCES : generics.instances(checkOne);
  const { name, doc } = module;
  return { name: name.text, span: name.span, doc, functions, constants: values, instances };
}

function refuseImports(report: Report, { imports }: ModuleNode, types: TypeResolver): ReadonlySet<string> {
  const refused = new Set<string>();
  for (const { names, span } of imports) {
    const message = 'this compiler does not support imports';
    report.error({ code: 'NOT_SUPPORTED', span, message, hint: 'copy the required functions into this file' });
    for (const { text } of names) {
      refused.add(text);
      types.markInvalid(text);
    }
  }
  return refused;
}

function checkConstant(dependencies: BodyContextDependencies, { name, type, value }: ConstantNode): TypedConstant {
  const { report, symbols, types } = dependencies;
  isFree(report, name, symbols.constants, symbols.functions, 'constant');
  const symbol = { name: name.text, span: name.span, type: types.resolveValue(type, 'a constant') };
  const context = new BodyContext(dependencies, { name: name.text, kind: 'constant', effects: NO_EFFECTS });
  return { symbol, value: context.check(value, { type: symbol.type, what: `\`${name.text}\`` }) };
}

function checkFunction(shared: BodyContextDependencies, { symbol, node, types }: DeclaredFunction): TypedFunction {
  const dependencies = { ...shared, types };
  const { name, effects, result } = symbol;
  const context = new BodyContext(dependencies, { name, kind: 'function', effects });
  const parameters = symbol.parameters.map((parameter, index) => {
    const span = node.parameters[index]?.name.span ?? symbol.span;
    return context.bind(parameter.name, parameter.type, { span });
  });
  const body = context.check(node.body, { type: result, what: `the result of \`${name}\`` });
  return { symbol, parameters, body };
}
