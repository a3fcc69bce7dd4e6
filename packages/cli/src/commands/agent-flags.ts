import type { Flags, Given } from '../arguments/command-grammar.ts';
import { usageProblem } from '../support/cli-error.ts';
import type { Output } from '../terminal/output.ts';

const AGENT_TEXTS = [
  'agent-id',
  'agent-name',
  'agent-role',
  'agent-objective',
  'agent-inputs',
  'agent-outputs',
  'agent-mcp-tools',
  'agent-llm-providers',
  'agent-handoff-targets',
  'agent-depends-on',
  'agent-version',
];

const hidden = { describe: 'of an agent; understood, not used', hidden: true } as const;

/** What `clarityc start` passes on for agents. It is understood, so that such a call works; agents are not run. */
export const agentFlags: Flags = {
  'service-type': { type: 'text', describe: 'mcp or agent; agents are registered, but not run as such', hidden: true },
  ...Object.fromEntries(AGENT_TEXTS.map((name) => [name, { type: 'text', ...hidden }] as const)),
  'agent-hitl': { type: 'switch', ...hidden },
};

/** The service type that was given, with a warning for what has no effect. */
export function readServiceType(given: Given, output: Output): 'mcp' | 'agent' | undefined {
  const type = given.text('service-type');
  if (type !== undefined && type !== 'mcp' && type !== 'agent') {
    throw usageProblem(`--service-type must be mcp or agent, not '${type}'`);
  }
  const unused = [...AGENT_TEXTS.filter((name) => given.text(name) !== undefined)];
  if (given.has('agent-hitl')) unused.push('agent-hitl');
  if (type === 'agent' || unused.length > 0) {
    const flags = unused.length === 0 ? '' : `; without effect: ${unused.map((name) => `--${name}`).join(', ')}`;
    output.note(`warning: agents are not run, their functions are offered as tools${flags}`);
  }
  return type;
}
