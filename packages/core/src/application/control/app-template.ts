/** Names of a scaffolded app. Both match the patterns below, so the files contain them unescaped. */
export interface AppNames {
  readonly project: string;
  readonly module: string;
}

export interface TemplateFile {
  /** Relative to the project. */
  readonly path: string;
  readonly purpose: string;
  readonly template: string;
}

/** Pattern of a folder name that is neither a flag, nor hidden, nor a path. */
export const PROJECT_NAME = '^[A-Za-z0-9][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*$';
/** Pattern of module names in the compiler. */
export const MODULE_NAME = '^[A-Za-z][A-Za-z0-9_]*$';

export const APP_SOURCE_PATH = 'src/main.clarity';
export const DEFAULT_PROJECT = 'my-clarity-app';
export const DEFAULT_APP_MODULE = 'App';

/** Returns the files of a new app. The source compiles unchanged. */
export const templateFiles = ({ project, module }: AppNames): readonly TemplateFile[] => [
  {
    path: APP_SOURCE_PATH,
    purpose: 'The service: each exported function is a tool.',
    template: `module ${module}

// Greets a person by name.
export function greet(name: String) -> String {
  "Hello, " ++ name ++ "!"
}

// Adds two integers.
export function add(a: Int64, b: Int64) -> Int64 {
  a + b
}
`,
  },
  {
    path: 'README.md',
    purpose: 'Purpose of the service and the command that adds it.',
    template: `# ${project}

A service of MCP tools, written in Clarity.

    clarityctl add ${project}/${APP_SOURCE_PATH} --module ${module}
`,
  },
  {
    path: 'clarity.toml',
    purpose: 'Name and entry of the project.',
    template: `[project]
name = "${project}"
module = "${module}"
source = "${APP_SOURCE_PATH}"
`,
  },
  {
    path: 'tests/smoke.md',
    purpose: 'Calls that must work after every change.',
    template: `# Smoke test

- \`greet\` with name "Ada" returns "Hello, Ada!".
- \`add\` with a 2 and b 3 returns 5.
`,
  },
];

/** Returns the folder tree of the project, one line per entry. */
export const treeOf = ({ project }: AppNames): readonly string[] => [
  `${project}/`,
  '  clarity.toml',
  '  README.md',
  '  src/',
  '    main.clarity',
  '  tests/',
  '    smoke.md',
];

export const GUIDANCE: readonly string[] = [
  'One module per service; every exported function becomes a tool with its own parameters and description.',
  'Write small, pure functions, and declare effects with effect[…].',
  'Write a comment above every exported function: a model chooses the tool by it.',
];
