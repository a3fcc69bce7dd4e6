import type {
  ExternDefinition,
  Extern,
  FunctionDefinition,
  InstanceDefinition,
  Labelled,
  ValueDefinition,
} from '../decoder/definition.ts';
import { refuse } from '../decoder/component-bytes.ts';
import { withoutVersion } from '../decoder/component-bytes.ts';
import { toJavaScriptName } from './javascript-name.ts';
import { refusalOfTypes } from './type-limits.ts';

/** A function of a component that becomes a tool. All its types have a JSON form. */
export interface ComponentFunction {
  readonly name: string;
  /** Names of the export in the transpiled component: the interface, if it has one, and the function. */
  readonly path: readonly string[];
  readonly params: readonly Labelled[];
  /** Absent when the function returns nothing. */
  readonly result?: ValueDefinition | undefined;
}

/** The tools of a component and its imports. */
export interface ComponentContract {
  readonly functions: readonly ComponentFunction[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Names of the imported interfaces and functions, with their versions. */
  readonly imports: readonly string[];
}

const MAX_FUNCTIONS = 1_000;
const MAX_TOOL_NAME = 128;

/** Returns the tools of a component. @throws ComponentRefusal when it has none. */
export function contractOf({ imports, exports }: InstanceDefinition): ComponentContract {
  const builder = new ContractBuilder();
  for (const extern of exports) builder.add(extern);
  const { functions, leftOut } = builder;
  if (functions.length === 0) throw refuse(emptyReason(leftOut));
  return { functions, leftOut, imports: imports.filter(({ sort }) => sort !== 'type').map(({ name }) => name) };
}

class ContractBuilder {
  readonly functions: ComponentFunction[] = [];
  readonly leftOut: { readonly name: string; readonly reason: string }[] = [];
  readonly #names = new Set<string>();

  add({ name, sort, definition }: Extern): void {
    if (sort === 'function') this.#function(undefined, name, definition);
    else if (sort === 'instance' && definition?.kind === 'instance') {
      for (const entry of definition.exports) {
        if (entry.sort === 'function') this.#function(name, entry.name, entry.definition);
      }
    } else if (sort !== 'type') this.leftOut.push({ name, reason: 'it is not a function' });
  }

  #function(within: string | undefined, name: string, definition: ExternDefinition | undefined): void {
    const shown = within === undefined ? name : `${within}#${name}`;
    const tool = toolName(within, name);
    const reason =
      definition?.kind === 'function' ? this.#reasonAgainst(name, tool, definition) : 'its type is not described';
    if (reason !== undefined || definition?.kind !== 'function') {
      this.leftOut.push({ name: shown, reason: reason ?? '' });
      return;
    }
    this.#names.add(tool);
    const { params, result } = definition;
    const path = [...(within === undefined ? [] : [within]), toJavaScriptName(name)];
    this.functions.push({ name: tool, path, params, result });
  }

  #reasonAgainst(name: string, tool: string, { isAsync, params, result }: FunctionDefinition): string | undefined {
    if (name.startsWith('[')) return 'it is a method of a resource';
    if (isAsync || name.startsWith('[async]')) return 'it is asynchronous, which Node.js 20 cannot run';
    if (isBuilderSetup(name, params)) return 'it is a part of the runtime of the component';
    if (tool.length > MAX_TOOL_NAME) return 'its name is too long for a tool';
    if (this.#names.has(tool)) return 'another function has the name of its tool';
    if (this.functions.length === MAX_FUNCTIONS) return `a service has at most ${String(MAX_FUNCTIONS)} functions`;
    return refusalOfTypes([...params.map(({ type }) => type), ...(result === undefined ? [] : [result])]);
  }
}

/** Components of `componentize-qjs` export the function that their builder calls once. */
const isBuilderSetup = (name: string, params: readonly Labelled[]): boolean =>
  name === 'init' && params.map((parameter) => parameter.name).join() === 'shim,script,entry-path,disable-gc';

/** `docs:adder/add@0.1.0#add-all` is `add_add_all`; a function outside of interfaces keeps its name, with `_` for `-`. */
function toolName(within: string | undefined, name: string): string {
  const interfaceName = within === undefined ? '' : `${withoutVersion(within).split('/').at(-1) ?? ''}_`;
  return `${interfaceName}${name}`.replaceAll(/[^A-Za-z0-9_]/g, '_');
}

const SHOWN = 20;

function emptyReason(leftOut: ComponentContract['leftOut']): string {
  if (leftOut.length === 0) return 'the component exports no function';
  const named = leftOut.slice(0, SHOWN).map(({ name, reason }) => `${name} (${reason})`);
  const rest = leftOut.length > SHOWN ? ` and ${String(leftOut.length - SHOWN)} more` : '';
  return `no function of the component can be called: ${named.join(', ')}${rest}`;
}
