import { EFFECTS, FIRST_SERVICE, LOOPS, MAPS, TYPES } from './help-examples.ts';

const GOAL = 'Services of MCP tools that run locally, each a small typed program, behind one endpoint.';
const WORKFLOW = [
  'Look at what is there: runtime__list_services and runtime__clarity_sources.',
  'Scaffold with runtime__bootstrap_clarity_app, or write <name>.clarity and run `clarityctl add <name>`.',
  'Each exported function becomes the tool <namespace>__fn__<function>, with its own parameters, types and description.',
  'Call the tool. A mistake in the arguments is answered with the name of the argument.',
  'Change the source and add it again: same id, new code, new interface.',
  'When something fails: runtime__get_logs, then runtime__get_service.',
];
const RULES = [
  'A file begins with its module line: module my_service.',
  'A function is written export function name(parameter: Type) -> Type { expression }; its last expression is its value.',
  'The comment lines above an exported function are the description of the tool: write what it does and in which units.',
  'The language has no return, while, for, null or exceptions: use match, recursion, Option and Result.',
  'Conditions are matched: match condition { True -> …, False -> … }.',
  'Text is joined with ++, bindings are made with let name = value;.',
];

/** Help texts as plain data by topic. Every example compiles. */
export const HELP_TOPICS = {
  overview: {
    goal: GOAL,
    default_language: 'clarity',
    workflow: WORKFLOW,
    important: [
      'Write new local services in Clarity unless the user asks for another language.',
      'Registering needs the provisioning gate: clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1, or an operator with clarityctl.',
      'Never put a secret into source, arguments or a manifest: name a reference, for example file:name.',
    ],
    examples: [FIRST_SERVICE],
  },
  prompts: {
    prompt_templates: [
      'Write a Clarity service named <name> with these tools: <what each takes and returns>. Give every exported function a comment that says what it does.',
      'Read the findings of the compiler, correct the lines that they name, and add the service again.',
      'List the services, find the one that is not HEALTHY, read its log, and say what has to be done.',
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
    policy: 'New local services are written in Clarity: typed, sandboxed, and nothing has to be installed for it.',
    exceptions: [
      'The user asks for another language.',
      'A service exists already: register its URL or its module instead.',
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
      'A record is an object, a list an array, an Option may be null or left out.',
      'An Int64 is a number, or a decimal text where a number would lose digits.',
      'An Err is a failed tool call with its text; an Ok is the plain value.',
    ],
    examples: [TYPES, MAPS],
  },
  effects: {
    rules: [
      'A function that logs, reads the time or takes random numbers says so: effect[Log] function name() -> Unit { … }.',
      'Functions without the word are pure, and cannot call those that have it.',
    ],
    examples: [EFFECTS],
  },
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

export type HelpTopic = keyof typeof HELP_TOPICS;
