import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { canonicalJson, sha256Hex } from '../../domain/json/digest.ts';
import { localWasm } from '../../domain/services/manifest-defaults.ts';
import type { Scaffold, Workspace } from '../../ports/index.ts';
import { DEFAULT_APP_MODULE, APP_SOURCE_PATH, templateFiles } from './app-template.ts';
import type { CompilerReadiness, CompilerRequest } from './compiler-readiness.ts';
import type { ControlCall } from './control-tool.ts';
import type { Provisioning, Registration, RegistrationInputs } from './provisioning.ts';
import { summaryOf } from './control-views.ts';

export interface AppRequest extends CompilerRequest {
  readonly project_name: string;
  readonly module_name?: string;
  readonly dir?: string;
  readonly register_service?: boolean;
  readonly start_now?: boolean;
  readonly overwrite?: boolean;
  /** Replaces the source of the template. */
  readonly source?: string;
}

export interface BootstrapDependencies {
  readonly workspace: Workspace | undefined;
  readonly readiness: CompilerReadiness;
  readonly provisioning: Provisioning;
}

/** Scaffolds, compiles, registers and starts an app. A failed step undoes the earlier ones. */
export class AppBootstrap {
  readonly #dependencies: BootstrapDependencies;

  constructor(dependencies: BootstrapDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Returns the state that the app depends on, for an approval: the source, the compiler, the files that it replaces and the
   * record. No program runs for it.
   */
  async inputs({ args }: ControlCall<AppRequest>): Promise<AppInputs> {
    const { workspace, readiness, provisioning } = this.#dependencies;
    const { module, project, source, wasm, template } = planOf(args);
    const files: Record<string, string | null> = {};
    for (const path of [...template.map((file) => `${project}/${file.path}`), wasm]) {
      files[path] = (await workspace?.digest?.(path).catch(() => undefined)) ?? null;
    }
    const place = { sourceFile: `${workspace?.root ?? ''}/${project}/${APP_SOURCE_PATH}`, module };
    const manifest = localWasm(`${workspace?.root ?? ''}/${wasm}`, place);
    const { replaces = null, policy = null } = provisioning.recordInputs(manifest);
    return { source: sha256Hex(source), compiler: readiness.compiler(args).name, files, replaces, policy };
  }

  /** Writes no file before the source has compiled. */
  async run(call: ControlCall<AppRequest>): Promise<object> {
    const { workspace, readiness } = this.#dependencies;
    const { args, caller, signal } = call;
    if (workspace === undefined) throw new ClarityError('PATH_FORBIDDEN', 'this runtime has no workspace');
    await this.#assertApproved(call);
    const ready = (await readiness.ensure(caller, args, signal)) as { available: boolean; error?: string };
    if (!ready.available) throw new ClarityError('COMPILER_UNAVAILABLE', ready.error ?? '');
    const compiler = readiness.compiler(args);
    const { module, project, source, wasm, template } = planOf(args);
    const compiled = await compiler.compile(
      { file: APP_SOURCE_PATH, text: source, principal: principalKey(caller) },
      signal,
    );
    if (!compiled.ok) throw new ClarityError('COMPILE_FAILED', compiled.findings);
    const exists = await workspace.locate(`${project}/${APP_SOURCE_PATH}`).then(
      () => true,
      () => false,
    );
    // In an existing project only the source is replaced, so that other edited files stay.
    const files = args.source !== undefined && exists ? [] : template;
    const contents = new Map<string, string | Uint8Array>(
      files.map(({ path, template: text }) => [`${project}/${path}`, text]),
    );
    contents.set(`${project}/${APP_SOURCE_PATH}`, source);
    contents.set(wasm, compiled.wasm);
    if (compiled.document !== undefined) {
      contents.set(wasm.replace(/\.wasm$/, '.interface.json'), `${JSON.stringify(compiled.document, null, 2)}\n`);
    }
    const scaffold = await workspace.scaffold(contents, { overwrite: args.overwrite === true });
    const place = {
      sourceFile: `${workspace.root}/${project}/${APP_SOURCE_PATH}`,
      wasmPath: `${workspace.root}/${wasm}`,
    };
    const made = await this.#register(call, { ...place, module, sha256: sha256Hex(compiled.wasm), scaffold });
    return {
      project_name: args.project_name,
      project_dir: project,
      module_name: module,
      files_written: scaffold.written,
      compiler: ready,
      compile: { source: place.sourceFile, wasm: place.wasmPath },
      registered: made !== undefined,
      ...(made === undefined ? {} : { started: made.started, service: summaryOf(made.view) }),
    };
  }

  /** Refuses a state that differs from the approved one, also if it changed while the compiler was read. */
  async #assertApproved(call: ControlCall<AppRequest>): Promise<void> {
    if (call.approved === undefined) return;
    const [approved, now] = [call.approved, await this.inputs(call)].map((state) => sha256Hex(canonicalJson(state)));
    if (approved === now) return;
    throw new ClarityError('REVISION_CONFLICT', `the state is ${now ?? ''}, the approval is for ${approved ?? ''}`, {
      hint: 'call the tool again, so that an operator decides on the present state',
    });
  }

  async #register(
    { args, caller, approved }: ControlCall<AppRequest>,
    built: Built,
  ): Promise<Registration | undefined> {
    if (args.register_service === false) return undefined;
    const { sourceFile, wasmPath, module, sha256, scaffold } = built;
    const displayName = args.project_name;
    const manifest = localWasm(wasmPath, { sourceFile, module, artifactSha256: sha256, displayName });
    try {
      const { replaces } = (approved ?? {}) as Partial<AppInputs>;
      const seen = replaces === undefined ? undefined : { replaces };
      return await this.#dependencies.provisioning.register(caller, manifest, {
        start: args.start_now ?? true,
        approved: seen,
      });
    } catch (error) {
      await scaffold.undo();
      throw error;
    }
  }
}

/** State that an operator approves together with an app. */
interface AppInputs extends Required<Pick<RegistrationInputs, 'replaces' | 'policy'>> {
  /** SHA-256 of the source. */
  readonly source: string;
  readonly compiler: string;
  /** SHA-256 of each file that the app writes; null for one that does not exist. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** Returns the files of an app and their contents. */
function planOf(args: AppRequest) {
  const module = args.module_name ?? DEFAULT_APP_MODULE;
  const template = templateFiles({ project: args.project_name, module });
  const project = inFolder(args.dir ?? '.', args.project_name);
  return {
    module,
    template,
    project,
    source: args.source ?? template.find(({ path }) => path === APP_SOURCE_PATH)?.template ?? '',
    wasm: `${project}/.clarity/build/${module}.wasm`,
  };
}

interface Built {
  readonly sourceFile: string;
  readonly wasmPath: string;
  readonly module: string;
  readonly sha256: string;
  readonly scaffold: Scaffold;
}

/** Joins the parts of a path, without `.` and empty parts. */
function inFolder(dir: string, name: string): string {
  const parts = dir.split('/').filter((part) => part !== '' && part !== '.');
  return [...(dir.startsWith('/') ? [''] : []), ...parts, name].join('/');
}
