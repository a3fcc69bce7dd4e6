import { controlTool, REACH, type ControlCall, type ControlTool } from './control-tool.ts';
import type { Provisioning, RegistrationInputs } from './provisioning.ts';
import {
  localManifest,
  remoteManifest,
  type LocalRegistration,
  type RemoteRegistration,
} from './registration-manifest.ts';
import { BOOLEAN, flag, input, OBJECT, output, text, texts, whole } from './control-schemas.ts';
import { summaryOf } from './control-views.ts';

interface Starting {
  readonly start_now?: boolean;
  readonly introspect?: boolean;
}

const starting = {
  start_now: flag('Start the service at once. A failed start undoes the registration.', true),
  introspect: flag('Read the interface; a start always reads it.', true),
};
const common = {
  module: text('Module name of the service. Its namespace is derived from it.', 128),
  tool_namespace: text('Namespace of the tools, if it differs from the module name.', 64),
  autostart: flag('Start the service with the runtime.', true),
  enabled: flag('Enable the service.', true),
  ...starting,
};
const remote = {
  auth_ref: text('Reference to a credential, for example `file:name`. Never the credential itself.', 512),
  timeout_ms: whole('Timeout of one call in milliseconds.', 100, 120_000),
  max_payload_bytes: whole('Maximum size of one request or reply in bytes.', 1024, 10_485_760),
  max_concurrency: whole('Maximum number of concurrent calls.', 1, 256),
  allowed_tools: texts('Names of the callable tools. All when absent.', 0, 1024),
  ...common,
};
const registered = output({ service: OBJECT, created: BOOLEAN, started: BOOLEAN, introspected: BOOLEAN });

/** A row of the table of tools below. */
interface RegistrationTool<Args> extends Pick<ControlTool, 'name' | 'title' | 'description' | 'inputSchema'> {
  readonly manifestOf: (args: Args) => object;
}

/** Tools that register services. All require the grant `provision`, and a failed start undoes the registration. */
export function provisioningTools(provisioning: Provisioning): readonly ControlTool[] {
  const register = async ({ caller, args, approved }: ControlCall<Starting>, manifest: unknown): Promise<object> => {
    const { view, started, introspected } = await provisioning.register(caller, manifest, {
      start: args.start_now ?? true,
      approved: approved as RegistrationInputs | undefined,
    });
    return { service: summaryOf(view), started, introspected };
  };
  const tool = <Args extends Starting>({ manifestOf, ...row }: RegistrationTool<Args>): ControlTool =>
    controlTool<Args>({
      ...row,
      outputSchema: registered,
      annotations: REACH,
      grant: 'provision',
      waits: () => true,
      inputs: ({ caller, args }) => provisioning.inputs(caller, manifestOf(args)),
      run: async (call) => ({ ...(await register(call, manifestOf(call.args))), created: true }),
    });
  return [
    tool<LocalRegistration & Starting>({
      name: 'register_local',
      manifestOf: localManifest,
      title: 'Register local service',
      description: 'Registers a compiled WebAssembly module of the workspace as a service and starts it.',
      inputSchema: input(
        {
          wasm_path: text('The compiled module, inside the workspace.'),
          source_file: text('Source of the module.'),
          display_name: text('Display name.', 80),
          entry: text('Entry of the module.', 128),
          ...common,
        },
        ['wasm_path'],
      ),
    }),
    tool<RemoteRegistration & Starting>({
      name: 'register_remote',
      manifestOf: remoteManifest,
      title: 'Register remote service',
      description: 'Registers an MCP server with Streamable HTTP and connects to it.',
      inputSchema: input(
        { endpoint: text('http(s) URL of the server.', 2048), display_name: text('Display name.', 80), ...remote },
        ['endpoint'],
      ),
    }),
    tool<Omit<RemoteRegistration, 'endpoint'> & Starting & { readonly url: string }>({
      name: 'register_via_url',
      manifestOf: ({ url, ...registration }) => remoteManifest({ ...registration, endpoint: url }),
      title: 'Register by URL',
      description: 'Registers the MCP server at a URL and connects to it. The name is derived from the URL.',
      inputSchema: input(
        { url: text('http(s) URL of the server.', 2048), display_name: text('Display name.', 80), ...remote },
        ['url'],
      ),
    }),
    controlTool<Starting & { readonly manifest: object }>({
      name: 'apply_manifest',
      title: 'Apply manifest',
      description: 'Registers and starts the service of a manifest (apiVersion clarity.runtime/v1, kind MCPService).',
      inputSchema: input({ manifest: { type: 'object', description: 'The complete manifest.' }, ...starting }, [
        'manifest',
      ]),
      outputSchema: output({ service: OBJECT, applied: BOOLEAN, started: BOOLEAN, introspected: BOOLEAN }),
      annotations: REACH,
      grant: 'provision',
      waits: () => true,
      inputs: ({ caller, args }) => provisioning.inputs(caller, args.manifest),
      run: async (call) => ({ ...(await register(call, call.args.manifest)), applied: true }),
    }),
  ];
}
