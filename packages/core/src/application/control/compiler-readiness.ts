import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { installerProblem } from '../../domain/access/installer-rules.ts';
import type { Compiler, CompilerInstaller } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';

export interface CompilerRequest {
  readonly compiler_bin?: string;
  readonly auto_install?: boolean;
  readonly install_command?: readonly string[];
  readonly timeout_seconds?: number;
}

const DEFAULT_SECONDS = 120;

export interface ReadinessDependencies {
  readonly compiler: Compiler | undefined;
  readonly installer: CompilerInstaller | undefined;
  readonly audit: AuditLog;
}

/** Checks whether the compiler is available, and runs an installer if the operator allows it. */
export class CompilerReadiness {
  readonly #dependencies: ReadinessDependencies;

  constructor(dependencies: ReadinessDependencies) {
    this.#dependencies = dependencies;
  }

  /** Returns the configured compiler. @throws ClarityError if the caller names another one. */
  compiler({ compiler_bin: named }: CompilerRequest): Compiler {
    const { compiler } = this.#dependencies;
    if (compiler === undefined) throw new ClarityError('COMPILER_UNAVAILABLE', 'this runtime has no compiler');
    if (named === undefined || named === compiler.name) return compiler;
    throw new ClarityError('ARGUMENTS_INVALID', 'compiler_bin is not the configured compiler', {
      field: 'compiler_bin',
      hint: 'omit compiler_bin; the operator sets it with CLARITYC_BIN',
    });
  }

  async ensure(caller: Caller, request: CompilerRequest, signal: AbortSignal): Promise<object> {
    const compiler = this.compiler(request);
    const state = await compiler.state(signal);
    const shown = { compiler_bin: compiler.name, available: state.available, installed: false };
    if (state.available) return { ...shown, version: state.version };
    if (request.auto_install !== true) return { ...shown, error: state.problem, next_steps: NEXT_STEPS };
    const install = await this.#install(caller, request, signal);
    if (install.exit_code !== 0) return { ...shown, install, error: 'install command failed' };
    const after = await compiler.state(signal);
    return {
      ...shown,
      available: after.available,
      installed: true,
      install,
      version: after.version,
      error: after.problem,
    };
  }

  async #install(caller: Caller, request: CompilerRequest, signal: AbortSignal): Promise<Installed> {
    const { installer, audit } = this.#dependencies;
    if (installer === undefined) throw new ClarityError('INSTALL_FORBIDDEN', '');
    const command = request.install_command ?? installer.usual;
    if (command === undefined || command.length === 0) {
      const hint = 'set install_command or CLARITY_COMPILER_INSTALL_CMD';
      throw new ClarityError('ARGUMENTS_INVALID', 'auto_install needs a command', { field: 'install_command', hint });
    }
    const refusal = installerProblem(command, installer.allowed);
    if (refusal !== undefined) throw new ClarityError('INSTALL_FORBIDDEN', refusal, { field: 'install_command' });
    const [program = ''] = command;
    const { exitCode, output } = await installer.run(
      command,
      (request.timeout_seconds ?? DEFAULT_SECONDS) * 1000,
      signal,
    );
    await audit.settle({
      kind: 'compiler.install_attempted',
      level: exitCode === 0 ? 'info' : 'warn',
      message: `Compiler install: ${program}`,
      caller,
      data: { program, exitCode },
    });
    return { command, exit_code: exitCode, output };
  }
}

interface Installed {
  readonly command: readonly string[];
  readonly exit_code: number | null;
  readonly output: string;
}

const NEXT_STEPS = [
  'Unset CLARITYC_BIN: clarityd has a built-in compiler.',
  'Or install the compiler of CLARITYC_BIN and call this tool again.',
];
