import { controlTool, REACH, type ControlCall, type ControlTool } from './control-tool.ts';
import type { Provisioning } from './provisioning.ts';
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
  start_now: flag('Start it at once. A failed start undoes the registration.', true),
  introspect: flag('Read what it offers; a start always does.', true),
};
const common = {
  module: text('Name of the service; its namespace follows from it.', 128),
  tool_namespace: text('Prefix of its tools, where it is not the module.', 64),
  autostart: flag('Start it whenever the runtime starts.', true),
  enabled: flag('Offer its tools.', true),
  ...starting,
};
const remote = {
  auth_ref: text('Reference to a credential, for example `file:name`. Never the credential itself.', 512),
  timeout_ms: whole('Milliseconds that one call may take.', 100, 120_000),
  max_payload_bytes: whole('Bytes that one request or reply may have.', 1024, 10_485_760),
  max_concurrency: whole('Calls that may run at once.', 1, 256),
  allowed_tools: texts('Tools that may be called; all when absent.', 0, 1024),
  ...common,
};
const registered = output({ service: OBJECT, created: BOOLEAN, started: BOOLEAN, introspected: BOOLEAN });

interface Registering<Args> extends Pick<ControlTool, 'name' | 'title' | 'description' | 'inputSchema'> {
  readonly manifestOf: (args: Args) => object;
}

/** Tools that register services. All require the grant `provision`, and a failed start undoes the registration. */
export function provisioningTools(provisioning: Provisioning): readonly ControlTool[] {
  const register = async ({ caller, args }: ControlCall<Starting>, manifest: unknown): Promise<object> => {
    const { view, started, introspected } = await provisioning.register(caller, manifest, {
      start: args.start_now ?? true,
    });
    return { service: summaryOf(view), started, introspected };
  };
  const tool = <Args extends Starting>({ manifestOf, ...row }: Registering<Args>): ControlTool =>
    controlTool<Args>({
      ...row,
      outputSchema: registered,
      annotations: REACH,
      grant: 'provision',
      waits: () => true,
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
          source_file: text('The source that it was compiled from.'),
          display_name: text('Name to show to people.', 80),
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
      description: 'Registers an MCP server that speaks Streamable HTTP and connects to it.',
      inputSchema: input(
        { endpoint: text('Its http(s) URL.', 2048), display_name: text('Name to show to people.', 80), ...remote },
        ['endpoint'],
      ),
    }),
    tool<Omit<RemoteRegistration, 'endpoint'> & Starting & { readonly url: string }>({
      name: 'register_via_url',
      manifestOf: ({ url, ...wish }) => remoteManifest({ ...wish, endpoint: url }),
      title: 'Register by URL',
      description: 'Registers the MCP server at a URL and connects to it. The name is derived from the URL.',
      inputSchema: input(
        { url: text('Its http(s) URL.', 2048), display_name: text('Name to show to people.', 80), ...remote },
        ['url'],
      ),
    }),
    controlTool<Starting & { readonly manifest: object }>({
      name: 'apply_manifest',
      title: 'Apply manifest',
      description: 'Registers what a manifest says (apiVersion clarity.runtime/v1, kind MCPService) and starts it.',
      inputSchema: input({ manifest: { type: 'object', description: 'The whole manifest.' }, ...starting }, [
        'manifest',
      ]),
      outputSchema: output({ service: OBJECT, applied: BOOLEAN, started: BOOLEAN, introspected: BOOLEAN }),
      annotations: REACH,
      grant: 'provision',
      waits: () => true,
      run: async (call) => ({ ...(await register(call, call.args.manifest)), applied: true }),
    }),
  ];
}
