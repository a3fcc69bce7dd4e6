/** Every effect of the language. A function may call what needs effects that it declares, and nothing else. */
export const EFFECTS: readonly string[] = [
  ...['Network', 'Time', 'Random', 'Log', 'FileSystem', 'Test', 'Model', 'Secret'],
  ...['MCP', 'A2A', 'Trace', 'Persist', 'Embed', 'Eval', 'HumanInLoop', 'TTY'],
];
