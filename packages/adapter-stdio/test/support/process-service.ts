import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type EnvironmentEntry, type Manifest, type Service } from '@clarity-runtime/core';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import { childProgram } from '../../../../test/support/child-program.ts';
import { processConnector, type ProcessConnectorOptions } from '../../src/index.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const fixture = new URL('./fixture-server.ts', import.meta.url).pathname;

/** Returns arguments of Node.js that run a TypeScript program from its sources. */
export const nodeArgs = (file: string, ...rest: readonly string[]): readonly string[] => [
  '--conditions=clarity-source',
  '--import',
  tsx,
  file,
  ...rest,
];

export interface ServiceOf {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentEntry[];
  readonly cwd?: string;
  readonly policy?: Manifest['spec']['policy'];
  readonly limits?: Manifest['spec']['limits'];
  readonly sandbox?: Manifest['spec']['sandbox'];
}

export function processService({ policy, limits, sandbox, ...origin }: ServiceOf): Service {
  const manifest: Manifest = {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: 'fixture', module: 'fixture' },
    spec: {
      origin: { type: 'local_process', command: process.execPath, ...origin },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      ...(policy === undefined ? {} : { policy }),
      ...(limits === undefined ? {} : { limits }),
      ...(sandbox === undefined ? {} : { sandbox }),
    },
  };
  return { schema: 1, serviceId: deriveServiceId(manifest), namespace: 'fixture', manifest, revision: '1' };
}

/** Returns the arguments of Node.js for the fixture in one mode. */
export const fixtureArgs = (mode: string): readonly string[] => [childProgram(fixture), mode];

/** Returns a service that runs the fixture in one mode. */
export const fixtureService = (mode: string, over: ServiceOf = {}): Service =>
  processService({ args: [...fixtureArgs(mode), ...(over.args ?? [])], ...withoutArgs(over) });

const withoutArgs = ({ command, env, cwd, policy }: ServiceOf): ServiceOf => ({
  ...(command === undefined ? {} : { command }),
  ...(env === undefined ? {} : { env }),
  ...(cwd === undefined ? {} : { cwd }),
  ...(policy === undefined ? {} : { policy }),
});

export const testConnector = (over: Partial<ProcessConnectorOptions> = {}) =>
  processConnector({ workspace: process.cwd(), environment: process.env, ...over });
