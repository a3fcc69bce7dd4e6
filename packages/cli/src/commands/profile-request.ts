import type { ProfileReply } from '@clarity-runtime/api-contract';
import { DISCOVERIES, PREFIXES } from '@clarity-runtime/core';
import { defined, PROFILE_AUTHS } from '@clarity-runtime/core/internal';
import type { ProfileBody } from '../api/api-client.ts';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';

type Spec = ProfileBody['spec'];

const CONTROL_TOOLS = ['none', 'read'] as const;
const SWITCH = ['on', 'off'] as const;

/** Flags of `clarityctl profile`. */
export const profileFlags: Flags = {
  file: { type: 'text', alias: 'f', describe: 'apply: JSON file with documents of kind Profile' },
  title: { type: 'text', describe: 'title for people' },
  service: { type: 'texts', describe: 'namespace of a service; `*` matches any characters', fallbackText: '*' },
  allow: { type: 'texts', describe: 'tool of the profile as <namespace>/<tool>; all tools of the services without it' },
  deny: { type: 'texts', describe: 'tool to leave out as <namespace>/<tool>' },
  rename: { type: 'texts', describe: 'name of a tool in the profile as <namespace>/<tool>=<name>' },
  prompts: { type: 'text', describe: 'on or off', fallbackText: 'on' },
  resources: { type: 'text', describe: 'on or off', fallbackText: 'on' },
  'control-tools': {
    type: 'text',
    describe: 'none, or read for the control tools that only read',
    fallbackText: 'none',
  },
  instructions: { type: 'text', describe: 'text that replaces the instructions of the services' },
  prefix: { type: 'text', describe: `names of tools: ${PREFIXES.join(', ')}; those of /mcp without it` },
  discovery: { type: 'text', describe: `way to offer tools: ${DISCOVERIES.join(', ')}`, fallbackText: 'full' },
  pin: {
    type: 'texts',
    describe: 'tool that stays in the list as <namespace>/<tool>, when others are found by search',
  },
  'max-tools': { type: 'text', describe: 'maximum number of listed tools; more are offered by search' },
  auth: {
    type: 'text',
    describe: 'credentials: any, token for static tokens without OAuth metadata, or oauth',
    fallbackText: 'any',
  },
  rate: { type: 'text', describe: 'maximum number of tool calls per minute and principal' },
  concurrency: { type: 'text', describe: 'maximum number of tool calls at a time and principal' },
};

/** Returns a profile of the flags. Flags that are absent keep the value of `current`. Throws a usage error that names the flag. */
export function profileBody(name: string, given: ParsedArgs, current?: ProfileReply): ProfileBody {
  const before: Partial<ProfileReply['spec']> = current?.spec ?? {};
  const title = given.text('title') ?? current?.metadata.title;
  const tools = defined({ allow: listOf(given, 'allow'), deny: listOf(given, 'deny') });
  const limits = defined({ perMinute: wholeOf(given, 'rate'), concurrency: wholeOf(given, 'concurrency') });
  const own = defined({
    services: listOf(given, 'service'),
    tools: isEmpty(tools) ? undefined : { ...before.tools, ...tools },
    rename: renamesOf(given, before.rename),
    prompts: switchOf(given, 'prompts'),
    resources: switchOf(given, 'resources'),
    controlTools: wordOf(given, 'control-tools', CONTROL_TOOLS),
    instructions: given.text('instructions'),
    prefix: wordOf(given, 'prefix', PREFIXES),
    discovery: wordOf(given, 'discovery', DISCOVERIES),
    pinned: listOf(given, 'pin'),
    maxTools: wholeOf(given, 'max-tools'),
    auth: wordOf(given, 'auth', PROFILE_AUTHS),
    limits: isEmpty(limits) ? undefined : { ...before.limits, ...limits },
  });
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Profile',
    metadata: { name, ...defined({ title }) },
    spec: { services: ['*'], ...before, ...own } as Spec,
  };
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

function listOf(given: ParsedArgs, flag: string): string[] | undefined {
  const all = given.all(flag);
  return all.length === 0 ? undefined : [...all];
}

function renamesOf(
  given: ParsedArgs,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> | undefined {
  const all = given.all('rename');
  if (all.length === 0) return undefined;
  const pairs = all.map((text) => {
    const at = text.lastIndexOf('=');
    if (at < 1) throw usageError(`--rename must be <namespace>/<tool>=<name>, not '${text}'`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

function switchOf(given: ParsedArgs, flag: string): boolean | undefined {
  const word = wordOf(given, flag, SWITCH);
  return word === undefined ? undefined : word === 'on';
}

function wordOf<T extends string>(given: ParsedArgs, flag: string, known: readonly T[]): T | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  const found = known.find((one) => one === text);
  if (found === undefined) throw usageError(`--${flag}: unknown value '${text}'`, `use one of: ${known.join(', ')}`);
  return found;
}

function wholeOf(given: ParsedArgs, flag: string): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw usageError(`--${flag} must be a whole number from 1, not '${text}'`);
}
