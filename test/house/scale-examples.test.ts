import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { daemonSettings } from '../../packages/cli/src/settings/daemon-settings.ts';
import { resolveSettings, type SettingsTable } from '../../packages/cli/src/settings/setting.ts';
import { readText } from './workspace-files.ts';

const settings: SettingsTable = daemonSettings;
const VARIABLES = new Set(Object.values(settings).flatMap(({ variables }) => variables));
const FLAGS = new Set(Object.values(settings).flatMap(({ flag }) => (flag === undefined ? [] : [`--${flag}`])));
/** Paths that answer without a credential. */
const PROBES = ['/readyz', '/healthz'];

type Values = Readonly<Record<string, string>>;

/** The daemon accepts each variable: it knows its name, and its value is valid. */
function assertAccepted(given: Values): void {
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('CLARITY')));
  expect(Object.keys(own).filter((name) => !VARIABLES.has(name))).toEqual([]);
  expect(() => resolveSettings(daemonSettings, {}, own)).not.toThrow();
}

interface Composed {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Values;
        readonly secrets?: readonly string[];
        readonly healthcheck?: { readonly test: readonly string[] };
      }
    >
  >;
  readonly secrets: Readonly<Record<string, unknown>>;
}

describe('examples/scale/compose.yaml', () => {
  const read = async (): Promise<Composed> =>
    parse(await readText('examples/scale/compose.yaml'), { merge: true }) as Composed;

  test('each daemon has settings that it accepts, an address of its own, and the key of all', async () => {
    const { services } = await read();
    const daemons = Object.entries(services).filter(([name]) => /^clarity-[a-z]$/.test(name));
    expect(daemons).toHaveLength(3);
    for (const [name, { environment = {}, healthcheck }] of daemons) {
      assertAccepted(environment);
      expect(environment['CLARITY_INTERNAL_ADDRESS']).toBe(`${name}:4708`);
      expect(environment['CLARITY_INTERNAL_LISTEN']).toMatch(/:4708$/);
      expect(healthcheck?.test.join(' ')).toContain('/readyz');
    }
    const shared = ['CLARITY_STORE', 'CLARITY_KEY_FILE'];
    for (const name of shared) expect(new Set(daemons.map(([, { environment }]) => environment?.[name])).size).toBe(1);
    assertAccepted(services['schema']?.environment ?? {});
  });

  test('each file of a setting is a secret of its service', async () => {
    const { services, secrets } = await read();
    for (const { environment = {}, secrets: own = [] } of Object.values(services)) {
      const files = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
      expect(files.filter((file) => !own.includes(file.slice('/run/secrets/'.length)))).toEqual([]);
      expect(own.filter((name) => !(name in secrets))).toEqual([]);
    }
  });
});

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly livenessProbe?: { readonly httpGet: { readonly path: string; readonly port: string } };
}

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Values;
  readonly spec?: {
    readonly serviceName?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly port: number }[];
    readonly template?: {
      readonly spec: { readonly containers: readonly Container[]; readonly terminationGracePeriodSeconds?: number };
    };
  };
}

describe('examples/scale/kubernetes.yaml', () => {
  test('the daemons have settings that they accept, probes that answer, and an address for each other', async () => {
    const documents = parseAllDocuments(await readText('examples/scale/kubernetes.yaml'));
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    const objects = documents.map((document) => document.toJS() as KubernetesObject);
    const find = (kind: string, name: string): KubernetesObject | undefined =>
      objects.find((each) => each.kind === kind && each.metadata.name === name);
    const set = find('StatefulSet', 'clarity')?.spec;
    const [container] = set?.template?.spec.containers ?? [];
    const variables = Object.fromEntries((container?.env ?? []).map(({ name, value = '' }) => [name, value]));
    const shown = { ...variables, CLARITY_INTERNAL_ADDRESS: 'clarity-0.clarity-internal:4708' };
    assertAccepted({ ...find('ConfigMap', 'clarity-store')?.data, ...shown });
    expect((container?.args ?? []).filter((arg) => arg.startsWith('--') && !FLAGS.has(arg))).toEqual([]);
    const ports = new Map((container?.ports ?? []).map(({ name, containerPort }) => [name, containerPort]));
    for (const probe of [container?.readinessProbe, container?.livenessProbe]) {
      expect(PROBES).toContain(probe?.httpGet.path);
      expect(ports.get(probe?.httpGet.port ?? '')).toBe(daemonSettings.port.fallback);
    }
    expect(variables['CLARITY_INTERNAL_ADDRESS']).toBe(`$(POD_NAME).${set?.serviceName ?? ''}:4708`);
    const internal = find('Service', set?.serviceName ?? '')?.spec;
    expect([internal?.clusterIP, internal?.ports?.[0]?.port]).toEqual(['None', ports.get('internal')]);
    expect(set?.template?.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10);
  });
});
