import type { Caller } from '../../domain/access/caller.ts';
import { decide } from '../../domain/access/decide.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import { sha256Hex } from '../../domain/json/digest.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { localWasm } from '../../domain/services/manifest-defaults.ts';
import type { Service } from '../../domain/services/service.ts';
import type { SchemaValidator } from '../../ports/index.ts';
import type { Guard } from '../use-cases/guard.ts';
import type { BuiltInService } from '../gateway/backends.ts';
import { ControlConnection, type ApprovalQueue } from './control-connection.ts';
import { accessTo, type ControlTool } from './control-tool.ts';

export interface BuiltInDependencies {
  readonly tools: readonly ControlTool[];
  readonly validator: SchemaValidator;
  readonly guard: Guard;
  readonly approvalQueue: ApprovalQueue;
  readonly words: FailureWords;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Second names of tools, for earlier clients. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['clarity_help', 'help'],
  ['clarity_sources', 'sources'],
  ['clarity_project_structure', 'project_structure'],
  ['ensure_compiler', 'ensure_compiler'],
  ['bootstrap_clarity_app', 'bootstrap_app'],
]);

const originals: ReadonlyMap<string, string> = new Map([...ALIASES].map(([name, alias]) => [alias, name]));

/** Namespace by which grants know the control tools. */
const CONTROL_NAMESPACE = 'runtime';

/** Ids of the two services that contain the control tools. */
export const CONTROL_SERVICE = 'system__runtime';
export const ALIAS_SERVICE = 'system__clarity';

/** Returns the second name of a tool. */
export const aliasOf = (name: string): string | undefined => ALIASES.get(name);

/** Returns the control tools as `runtime__*`, and the second names as `clarity__*`, which are callable and never listed. */
export function builtIns(dependencies: BuiltInDependencies): readonly BuiltInService[] {
  const { tools } = dependencies;
  const aliases = tools.flatMap((tool) => {
    const name = aliasOf(tool.name);
    return name === undefined ? [] : [{ ...tool, name }];
  });
  const all = new Set(aliases.map(({ name }) => name));
  return [
    builtIn('runtime', tools, dependencies, {
      unlisted: (caller) => withoutGrant(tools, caller),
      judgedAs: (item) => ({ namespace: CONTROL_NAMESPACE, item }),
    }),
    builtIn('clarity', aliases, dependencies, {
      unlisted: () => all,
      judgedAs: (alias) => ({ namespace: CONTROL_NAMESPACE, item: originals.get(alias) ?? alias }),
    }),
  ];
}

function withoutGrant(tools: readonly ControlTool[], caller: Caller): ReadonlySet<string> {
  return new Set(tools.filter((tool) => !decide(caller, accessTo(tool)).isAllowed).map(({ name }) => name));
}

function builtIn(
  namespace: string,
  tools: readonly ControlTool[],
  { validator, guard, approvalQueue, startedAt, words }: BuiltInDependencies,
  access: Pick<BuiltInService, 'unlisted' | 'judgedAs'>,
): BuiltInService {
  const definitions = tools.map(definitionOf);
  const revision = sha256Hex(JSON.stringify(definitions.map(({ raw }) => raw.value))).slice(0, 12);
  return {
    service: serviceOf(namespace),
    snapshot: {
      interfaceRevision: `iface_${revision}`,
      introspectedAt: startedAt,
      tools: definitions,
      resources: [],
      prompts: [],
    },
    connection: new ControlConnection({ tools, validator, guard, approvalQueue, words, prefix: `${namespace}__` }),
    verbOf: (name) => tools.find((tool) => tool.name === name)?.grant,
    ...access,
  };
}

function definitionOf(tool: ControlTool): ToolDefinition {
  const { name, title, description, inputSchema, outputSchema: full, annotations } = tool;
  // A call that waits for an approval returns the pending state in place of these members.
  const outputSchema = tool.waits === undefined ? full : { ...full, required: [] };
  const raw = RawJson.of({ name, title, description, inputSchema, outputSchema, annotations });
  return { name, title, description, raw };
}

/** Returns a service outside the registry: it cannot be started, stopped or removed. */
const serviceOf = (namespace: string): Service => ({
  schema: 1,
  serviceId: `system__${namespace}`,
  namespace,
  revision: 'built-in',
  manifest: localWasm('built-in', {
    module: namespace,
    entry: 'built-in',
    autostart: false,
    restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 1 },
  }),
});
