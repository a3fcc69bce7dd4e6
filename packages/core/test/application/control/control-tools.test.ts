import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from '@jest/globals';
import { controlStage, provisioner } from '../../support/control-stage.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';

interface Listed {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Record<string, unknown>;
  readonly outputSchema: Record<string, unknown>;
  readonly annotations: Record<string, boolean>;
}

const samples: Readonly<Record<string, (id: string) => object>> = {
  get_service: (id) => ({ service_id: id }),
  get_logs: (id) => ({ service_id: id }),
  start_service: (id) => ({ service_id: id }),
  stop_service: (id) => ({ service_id: id }),
  restart_service: (id) => ({ service_id: id }),
  refresh_interface: (id) => ({ service_id: id }),
  unquarantine_service: (id) => ({ service_id: id }),
  diff_interface: (id) => ({ service_id: id }),
  remove_service: () => ({ service_id: 'svc_none' }),
  register_local: () => ({ wasm_path: 'other.wasm' }),
  apply_manifest: () => ({ manifest: manifestOf('third', { wasmPath: '/ws/third.wasm' }) }),
  bootstrap_clarity_app: () => ({ project_name: 'app' }),
  explain: () => ({ tool: 'calc__fn__add' }),
  validate_auth_ref: () => ({ auth_ref: 'file:token' }),
  set_auth_secret: () => ({ auth_ref: 'file:token', secret: 'value' }),
  delete_auth_secret: () => ({ auth_ref: 'file:token' }),
};
/** The names that clients of earlier runtimes know, and two of ours. */
const PROMISED =
  'status_summary list_services get_service get_logs start_service stop_service restart_service refresh_interface unquarantine_service remove_service get_audit validate_auth_ref auth_provider_health list_auth_secrets set_auth_secret delete_auth_secret clarity_help clarity_sources clarity_project_structure ensure_compiler bootstrap_clarity_app register_local register_remote register_via_url apply_manifest'.split(
    ' ',
  );
const OWN = ['diff_interface', 'explain', 'login', 'login_status'];
/** They need a remote service; the rows of the first two are those of `register_local`. */
const remote = ['register_remote', 'register_via_url', 'login'];

test('every control tool checks its input schema and returns its output schema', async () => {
  await using stage = await controlStage();
  const { service } = await stage.runtime.services.apply(operator, manifestOf('calc'));
  await stage.runtime.services.start(operator, service.serviceId);
  const list = resultOf(await ask(stage.runtime, 'tools/list', {}, { caller: provisioner, service: 'runtime' }));
  const tools = list['tools'] as Listed[];
  expect(tools.map(({ name }) => name).sort()).toEqual([...PROMISED, ...OWN].sort());
  const ajv = new Ajv2020({ strict: false });
  for (const { name, description, inputSchema, outputSchema, annotations } of tools) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(description.length).toBeGreaterThan(20);
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(ajv.validateSchema(inputSchema)).toBe(true);
    expect(typeof annotations['readOnlyHint']).toBe('boolean');
    const sample = samples[name]?.(service.serviceId) ?? {};
    if (remote.includes(name)) continue;
    if (name === 'refresh_interface') await stage.runtime.services.start(operator, service.serviceId);
    const result = await stage.result(name, sample, provisioner);
    expect([name, result['isError'] ?? false]).toEqual([name, false]);
    const [content] = result['content'] as { text: string }[];
    expect(JSON.parse(content?.text ?? '')).toEqual(result['structuredContent']);
    expect([name, ajv.validate(outputSchema, result['structuredContent']), ajv.errors]).toEqual([name, true, null]);
  }
});
