import type { AppBootstrap, AppRequest } from './app-bootstrap.ts';
import { DEFAULT_APP_MODULE, MODULE_NAME, PROJECT_NAME } from './app-template.ts';
import type { CompilerReadiness, CompilerRequest } from './compiler-readiness.ts';
import { controlTool, REACH, type ControlTool } from './control-tool.ts';
import { BOOLEAN, flag, input, OBJECT, output, STRING, STRINGS, text, texts, whole } from './control-schemas.ts';

const compilerArguments = {
  compiler_bin: text('Name of the configured compiler. Other names are rejected.', 4096),
  auto_install: flag('Run an installer if the compiler is missing and the operator allows it.', false),
  install_command: texts(
    'Command of the installer as separate words, for example `["brew", "install", "clarityc"]`.',
    1,
    16,
  ),
  timeout_seconds: whole('Timeout of the installer in seconds.', 1, 600, 120),
};

/** Maximum length of a source from MCP, in characters. */
const MAX_SOURCE = 262_144;

/** Tools that compile and may run an installer. An installer and an app require the grant `provision`. */
export const compilerTools = (readiness: CompilerReadiness, bootstrap: AppBootstrap): readonly ControlTool[] => [
  controlTool<CompilerRequest>({
    name: 'ensure_compiler',
    title: 'Ensure compiler',
    description: 'Returns whether Clarity sources can be compiled, the compiler, and the next steps if not.',
    inputSchema: input(compilerArguments),
    outputSchema: output({ compiler_bin: STRING, available: BOOLEAN, installed: BOOLEAN }),
    annotations: REACH,
    grant: 'read',
    grantOf: ({ auto_install: install }) => (install === true ? 'provision' : 'read'),
    concernsAll: true,
    waits: ({ auto_install: install }) => install === true,
    run: ({ caller, args, signal }) => readiness.ensure(caller, args, signal),
  }),
  controlTool<AppRequest>({
    name: 'bootstrap_clarity_app',
    title: 'Bootstrap Clarity app',
    description:
      'Writes a Clarity app to the workspace, compiles, registers and starts it. With source and overwrite it changes an existing app. A failed step undoes all changes.',
    inputSchema: input(
      {
        project_name: text('Name of the new folder.', 64, { pattern: PROJECT_NAME }),
        module_name: text('Name of the module.', 64, { pattern: MODULE_NAME, default: DEFAULT_APP_MODULE }),
        dir: text('Folder of the project, relative to the workspace.', 1024, { default: '.' }),
        ...compilerArguments,
        register_service: flag('Register it.', true),
        start_now: flag('Start it.', true),
        introspect: flag('Read the interface; a start always reads it.', true),
        overwrite: flag('Replace existing files.', false),
        source: text('Source in place of the template. `runtime__clarity_help` describes the language.', MAX_SOURCE),
      },
      ['project_name'],
    ),
    outputSchema: output({
      project_name: STRING,
      project_dir: STRING,
      module_name: STRING,
      files_written: STRINGS,
      compile: OBJECT,
      registered: BOOLEAN,
    }),
    annotations: REACH,
    grant: 'provision',
    concernsAll: true,
    waits: () => true,
    inputs: (call) => bootstrap.inputs(call),
    run: (call) => bootstrap.run(call),
  }),
];
