import { runProgram, startProgram, type Ended, type ProgramOptions, type RunningProgram } from './program.ts';

/** A real daemon on a free port. */
export interface Clarityd extends AsyncDisposable {
  readonly program: RunningProgram;
  readonly url: string;
  /** Runs `clarityctl` in the folder of the daemon. */
  ctl(...argv: string[]): Promise<Ended>;
  /** Runs `clarityctl` and returns its JSON. Throws if it fails. */
  json(...argv: string[]): Promise<Record<string, unknown>>;
  /** Sends a signal and waits for the exit. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface ClaritydOptions extends ProgramOptions {
  readonly argv?: readonly string[];
}

/** Resolves when the daemon listens and its services are started. Rejects with its output if it exits. */
export async function startClarityd({ argv = [], ...options }: ClaritydOptions): Promise<Clarityd> {
  const program = startProgram('clarityd', ['--port', '0', ...argv], options);
  const url = await readyUrl(program).catch((error: unknown) => {
    program.kill('SIGKILL');
    throw error;
  });
  let isAsked = false;
  let vanished: Ended | undefined;
  void program.ended.then((ended) => {
    if (!isAsked) vanished = ended;
  });
  const end = (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    isAsked = true;
    program.kill(signal);
    return program.ended;
  };
  const ctl = (...args: string[]): Promise<Ended> =>
    runProgram('clarityctl', args, { ...options, env: { ...options.env, CLARITYD_URL: url } });
  return {
    program,
    url,
    ctl,
    json: async (...args) => {
      const { exitCode, stdout, stderr } = await ctl(...args);
      if (exitCode !== 0) throw new Error(`clarityctl ${args.join(' ')} ended with ${String(exitCode)}:\n${stderr}`);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    end,
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
      if (vanished === undefined) return;
      // The test sees only the later output.
      const { exitCode, signal, stderr } = vanished;
      throw new Error(`clarityd ended by itself with ${String(signal ?? exitCode)}:\n${stderr}`);
    },
  };
}

const READY_LIMIT_MS = 40_000;

async function readyUrl(program: RunningProgram): Promise<string> {
  const [, url = ''] = await program.says(/^clarityd listening on (\S+)$/m);
  const deadline = Date.now() + READY_LIMIT_MS;
  while ((await fetch(`${url}/readyz`)).status !== 200) {
    if (Date.now() > deadline) throw new Error(`the daemon never became ready:\n${program.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return url;
}
