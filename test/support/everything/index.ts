import { askingTools } from './asking-tools.ts';
import { prompts } from './contents.ts';
import { faithfulTools } from './faithful-tools.ts';
import type { Fixture, Json } from './fixture.ts';
import { plainTools } from './plain-tools.ts';

export const info = { name: 'everything', version: '1.0.0' };
export const instructions = 'A server with something of everything.';
export const capabilities = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

const tools = [...plainTools, ...askingTools, ...faithfulTools];

export const listedTools: readonly Json[] = tools.map(({ definition }) => definition);
export const listedPrompts: readonly Json[] = prompts.map(({ definition }) => definition);

const named =
  (fixtures: readonly Fixture[]) =>
  (name: string): Fixture | undefined =>
    fixtures.find(({ definition }) => definition.name === name);

export const toolOf = named(tools);
export const promptOf = named(prompts);

/** Handling of an exception in a tool. */
export const failed = (error: unknown): Json => ({
  content: [{ type: 'text', text: error instanceof Error ? error.message : String(error) }],
  isError: true,
});
