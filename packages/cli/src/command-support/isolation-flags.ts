import type { ResourceLimits, SandboxMode } from '@clarity-runtime/core';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import { numberFlag } from './flags.ts';

/** Flags of `spec.limits` and `spec.sandbox` of child processes. */
export const isolationFlags: Flags = {
  'max-memory': { type: 'text', describe: 'memory of all processes of the service, 16m to 1t, for example 512m' },
  'max-processes': { type: 'text', describe: 'number of processes of the service, 1 to 65536' },
  'max-cpu-seconds': { type: 'text', describe: 'seconds of CPU time of all processes of the service' },
  'max-open-files': { type: 'text', describe: 'open files of each process of the service, 16 to 1048576' },
  sandbox: {
    type: 'text',
    describe: 'sandbox of the service: none, auto (where this machine has one) or required',
    fallbackText: 'none',
  },
};

const PROCESSES = [1, 65_536] as const;
const CPU_SECONDS = [1, 31_536_000] as const;
const OPEN_FILES = [16, 1_048_576] as const;
const MEMORY_BYTES = [16_777_216, 1_099_511_627_776] as const;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1_024,
  m: 1_048_576,
  g: 1_073_741_824,
  t: 1_099_511_627_776,
};

/** Members of `spec` that limit a child process. */
export interface Isolation {
  readonly limits?: ResourceLimits | undefined;
  readonly sandbox?: SandboxMode | undefined;
}

/** Returns the limits and the sandbox of the flags. Throws a `CliError` for a value out of range. */
export function isolationOf(given: ParsedArgs): Isolation {
  const limits = {
    memoryBytes: bytesOf(given.text('max-memory')),
    processes: numberFlag(given, 'max-processes', PROCESSES),
    cpuSeconds: numberFlag(given, 'max-cpu-seconds', CPU_SECONDS),
    openFiles: numberFlag(given, 'max-open-files', OPEN_FILES),
  };
  const set = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { limits: set.length === 0 ? undefined : Object.fromEntries(set), sandbox: modeOf(given.text('sandbox')) };
}

function bytesOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, amount = '', unit = ''] = /^(\d{1,13})([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(amount) * (UNITS[unit.toLowerCase()] ?? 1);
  const [least, most] = MEMORY_BYTES;
  if (amount !== '' && bytes >= least && bytes <= most) return bytes;
  throw usageError(`--max-memory must be a size from 16m to 1t, for example 512m, not '${text}'`);
}

function modeOf(text: string | undefined): SandboxMode | undefined {
  if (text === undefined || text === 'none' || text === 'auto' || text === 'required') return text;
  throw usageError(`--sandbox must be auto, required or none, not '${text}'`);
}
