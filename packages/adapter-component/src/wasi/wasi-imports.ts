import { randomBytes } from 'node:crypto';
import { filesystem } from './filesystem.ts';
import { http } from './http.ts';
import { streams, LogStream, Pollable, waitUntil, InputStream } from './streams.ts';
import { WasiDenied, GuestExit } from './wasi-error.ts';
import { withoutVersion } from '../decoder/component-bytes.ts';
import { GRANT_FIELDS, type WasiGrants } from './wasi-grants.ts';

type Members = Readonly<Record<string, unknown>>;

/** The host of one instance. */
export interface WasiHost {
  readonly imports: object;
  /** Logs output without a line end and closes files. */
  end(): void;
}

/**
 * Returns the imports of a component by interface, without versions. Interfaces that a language runtime needs to start
 * are neutral when they are not granted: no variables, no folders, a clock that is 0, output in the log. Every other
 * function throws `WasiDenied`.
 */
export function wasiImports(imports: readonly string[], grants: WasiGrants, log: (line: string) => void): WasiHost {
  const { provided, end } = providedInterfaces(grants, log);
  const result = Object.create(null) as Record<string, unknown>;
  for (const versioned of imports) {
    const name = withoutVersion(versioned);
    result[name] = withDenials(name, provided[name] ?? {});
  }
  return { imports: result, end };
}

/** A component never gets a terminal; the transpiled code needs the class. */
class Terminal {
  readonly isAbsent = true;
}

const MAX_RANDOM_BYTES = 65_536n;
const NANOSECONDS = 1_000_000n;

function providedInterfaces(
  grants: WasiGrants,
  log: (line: string) => void,
): { readonly provided: Readonly<Record<string, Members>>; readonly end: () => void } {
  const { env = [], time = false, random = false } = grants;
  const output = new LogStream(log);
  const noTerminal = (): undefined => undefined;
  const began = performance.now();
  const now = (): bigint => (time ? BigInt(Math.floor((performance.now() - began) * 1_000)) * 1_000n : 0n);
  const files = filesystem(grants.folders ?? []);
  const provided: Readonly<Record<string, Members>> = {
    'wasi:cli/environment': {
      getEnvironment: () => env.map(([name, value]) => [name, value]),
      getArguments: () => [],
      initialCwd: noTerminal,
    },
    'wasi:cli/exit': {
      exit: ({ tag }: { readonly tag: string }) => {
        throw new GuestExit(`the component called exit (${tag === 'err' ? 'err' : 'ok'})`);
      },
      exitWithCode: (code: number) => {
        throw new GuestExit(`the component called exit with the code ${String(code)}`);
      },
    },
    'wasi:cli/stdin': { getStdin: () => new InputStream() },
    'wasi:cli/stdout': { getStdout: () => output },
    'wasi:cli/stderr': { getStderr: () => output },
    'wasi:cli/terminal-input': { TerminalInput: Terminal },
    'wasi:cli/terminal-output': { TerminalOutput: Terminal },
    'wasi:cli/terminal-stdin': { getTerminalStdin: noTerminal },
    'wasi:cli/terminal-stdout': { getTerminalStdout: noTerminal },
    'wasi:cli/terminal-stderr': { getTerminalStderr: noTerminal },
    ...streams,
    'wasi:clocks/monotonic-clock': {
      now,
      resolution: () => NANOSECONDS,
      ...(time
        ? {
            subscribeInstant: (when: bigint) => waitUntil(began + Number(when) / 1e6),
            subscribeDuration: (duration: bigint) => waitUntil(performance.now() + Number(duration) / 1e6),
          }
        : { subscribeInstant: () => new Pollable(), subscribeDuration: () => new Pollable() }),
    },
    'wasi:clocks/wall-clock': time
      ? { now: wallClock, resolution: () => ({ seconds: 0n, nanoseconds: Number(NANOSECONDS) }) }
      : {},
    'wasi:random/insecure-seed': { insecureSeed: () => [0n, 0n] },
    'wasi:random/random': random ? { getRandomBytes: randomList, getRandomU64: randomInteger } : {},
    'wasi:random/insecure': random ? { getInsecureRandomBytes: randomList, getInsecureRandomU64: randomInteger } : {},
    'wasi:filesystem/types': files.types,
    'wasi:filesystem/preopens': files.preopens,
    ...(grants.network === undefined ? {} : http(grants.network, log)),
  };
  return {
    provided,
    end: () => {
      output.end();
      files.end();
    },
  };
}

function wallClock(): { readonly seconds: bigint; readonly nanoseconds: number } {
  const ms = Date.now();
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanoseconds: (ms % 1_000) * 1_000_000 };
}

function randomList(length: bigint): Uint8Array {
  if (length > MAX_RANDOM_BYTES) throw new RangeError('too many random bytes at once');
  return Uint8Array.from(randomBytes(Number(length)));
}

const randomInteger = (): bigint => randomBytes(8).readBigUInt64LE();

/** Returns an object in which every other name is a function, or a class, that throws `WasiDenied`. */
function withDenials(name: string, members: Members): unknown {
  const grant = grantOf(name);
  const denied = new Map<string, unknown>();
  return new Proxy(Object.create(null) as object, {
    get: (_, member) => {
      if (typeof member === 'symbol') return undefined;
      if (Object.hasOwn(members, member)) return members[member];
      if (!denied.has(member)) denied.set(member, denial(name, member, grant));
      return denied.get(member);
    },
  });
}

function denial(name: string, member: string, grant: string | undefined): unknown {
  // A function with a constructor: a resource is made with `new`.
  const deny = function denied(): never {
    throw new WasiDenied(name, member, grant);
  };
  // Names of resources are classes; the transpiled code also reads the methods of their prototypes.
  if (!/^[A-Z]/.test(member)) return deny;
  const prototype = new Proxy(Object.create(null) as object, {
    get: (_, method) => (typeof method === 'symbol' ? undefined : deny),
  });
  return Object.defineProperty(deny, 'prototype', { value: prototype });
}

function grantOf(name: string): string | undefined {
  if (name.startsWith('wasi:clocks/')) return GRANT_FIELDS.time;
  if (name.startsWith('wasi:random/')) return GRANT_FIELDS.random;
  if (name.startsWith('wasi:http/')) return GRANT_FIELDS.network;
  return name.startsWith('wasi:filesystem/') ? GRANT_FIELDS.folders : undefined;
}
