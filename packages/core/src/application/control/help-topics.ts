import { EFFECTS, FIRST_SERVICE, LOOPS, MAPS, TYPES } from './help-examples.ts';

const GOAL = 'Services of MCP tools that run locally, each a small typed program, behind one endpoint.';
const WORKFLOW = [
  'List services and sources: runtime__list_services and runtime__clarity_sources.',
  'Scaffold with runtime__bootstrap_clarity_app, or write <name>.clarity and run `clarityctl add <name>`.',
  'Each exported function becomes the tool <namespace>__fn__<function>, with its own parameters, types and description.',
  'Call the tool. An error for invalid arguments names the argument.',
  'Change the source and add it again. The id stays; code and interface are replaced.',
  'When something fails: runtime__get_logs, then runtime__get_service.',
];
const RULES = [
  'The first line of a file declares its module: module my_service.',
  'Syntax of a function: export function name(parameter: Type) -> Type { expression }. Its last expression is the result.',
  'The comment lines above an exported function are the description of the tool. State its effect and its units.',
  'The language has no return, while, for, null or exceptions: use match, recursion, Option and Result.',
  'Use match for conditions: match condition { True -> …, False -> … }.',
  'Join texts with ++. Bind a value with let name = value;.',
];

/** Help texts as plain data by topic. Every example compiles. */
export const HELP_TOPICS = {
  overview: {
    goal: GOAL,
    default_language: 'clarity',
    workflow: WORKFLOW,
    important: [
      'Write new local services in Clarity unless the user asks for another language.',
      'A registration requires the provisioning gate (clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1) or an operator with clarityctl.',
      'Never put a secret into source, arguments or a manifest: use a reference, for example file:name.',
    ],
    examples: [FIRST_SERVICE],
  },
  prompts: {
    prompt_templates: [
      'Write a Clarity service named <name> with these tools: <what each takes and returns>. Add a comment with the effect of the tool to every exported function.',
      'Read the errors of the compiler, fix the listed lines, and add the service again.',
      'List the services, find the unhealthy one, read its log, and suggest a fix.',
    ],
  },
  onboarding: {
    commands: [
      'npx clarityd',
      'npx clarityctl add <name>',
      'npx clarityctl list',
      'npx clarityctl logs <service>',
      'npx clarityctl bootstrap --clients codex,claude',
      'npx clarityctl doctor',
    ],
  },
  default_language: {
    language: 'clarity',
    policy: 'New local services use Clarity: it is typed and sandboxed, and needs no installation.',
    exceptions: [
      'The user asks for another language.',
      'A service already exists: register its URL or its module instead.',
    ],
  },
  syntax: { rules: RULES, examples: [FIRST_SERVICE, LOOPS] },
  types: {
    types: [
      'Int64, Float64, Bool (True, False), String, Bytes, Timestamp, Unit',
      'List<T>, Map<K, V>, Option<T> (Some, None), Result<T, E> (Ok, Err)',
      'records: type Name = { field: Type }; unions: type Name = | One | Other(value: Type)',
    ],
    over_mcp: [
      'A record is an object, a list is an array, an empty Option is null or absent.',
      'An Int64 is a number, or a decimal string beyond 2^53.',
      'An Err is a tool error with its text; an Ok is the plain value.',
    ],
    examples: [TYPES, MAPS],
  },
  effects: {
    rules: [
      'A function that logs, reads the time or uses random numbers declares the effect: effect[Log] function name() -> Unit { … }.',
      'Functions without an effect are pure and cannot call functions with one.',
    ],
    examples: [EFFECTS],
  },
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

export type HelpTopic = keyof typeof HELP_TOPICS;
