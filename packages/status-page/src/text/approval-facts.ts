import type { ApprovalEntry } from '../api/model.ts';
import { quoteWord } from './shell-words.ts';

/** The effects of a request of a client, read from its arguments. */
export interface ApprovalFacts {
  /** The command that would run, as one line of a shell. */
  readonly command: string | undefined;
  readonly consequences: readonly string[];
  /** Words for what makes the command risky. */
  readonly risks: readonly string[];
}

interface RequestArguments {
  readonly command?: unknown;
  readonly args?: unknown;
  readonly endpoint?: unknown;
  readonly url?: unknown;
  readonly manifest?: unknown;
}

const SHELLS = /(?:^|[\\/])(?:ba|z|da|fi|k|c)?sh$|(?:^|[\\/])(?:cmd|powershell|pwsh)(?:\.exe)?$/i;
const INLINE = /^-(?:c|e|p|-eval|-command|encodedcommand)$/i;
const DOWNLOADS = /\b(?:curl|wget|invoke-webrequest|iwr)\b/i;
const RUNNERS = /(?:^|[\\/])(?:npx|bunx|uvx|pipx|pnpm|docker|podman)$/i;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Reads the command, the consequences and the risks of a request. A request that it does not understand is risky. */
export function readApproval({ tool, arguments: given }: Pick<ApprovalEntry, 'tool' | 'arguments'>): ApprovalFacts {
  const top = Object(given) as RequestArguments;
  const origin = originOf(top.manifest);
  const command = textOf(top.command) ?? textOf(origin.command);
  const address = textOf(top.endpoint) ?? textOf(origin.endpoint) ?? textOf(top.url);
  if (command !== undefined)
    return readCommand(command, Array.isArray(top.args) ? top.args : Array.isArray(origin.args) ? origin.args : []);
  if (address !== undefined) {
    return {
      command: undefined,
      risks: [],
      consequences: [`Registers a remote service at ${address}.`, 'Its tools become visible to clients.'],
    };
  }
  const isRemoval = /remove|delete/.test(tool);
  return {
    command: undefined,
    consequences: [`Runs ${tool} with these arguments.`],
    risks: isRemoval ? ['deletes'] : /set_|write|secret/.test(tool) ? ['changes secrets'] : [],
  };
}

function originOf(manifest: unknown): RequestArguments {
  const { spec } = Object(manifest) as { readonly spec?: unknown };
  const { origin } = Object(spec) as { readonly origin?: unknown };
  return Object(origin) as RequestArguments;
}

function readCommand(command: string, args: readonly unknown[]): ApprovalFacts {
  const words = args.map(String);
  const isShell = SHELLS.test(command);
  const hasInline = words.some((word) => INLINE.test(word));
  const risks = [
    ...(isShell ? ['shell'] : []),
    ...(!isShell && hasInline ? ['inline code'] : []),
    ...(DOWNLOADS.test([command, ...words].join(' ')) ? ['downloads code'] : []),
    ...(RUNNERS.test(command) ? ['runs a downloaded package'] : []),
  ];
  return {
    command: [command, ...words].map(quoteWord).join(' '),
    risks,
    consequences: [
      'Registers a child process and starts it now, and with clarityd.',
      'It runs as the user of clarityd, and can read what that user can read.',
      ...(RUNNERS.test(command) ? ['It downloads and runs a package.'] : []),
    ],
  };
}
