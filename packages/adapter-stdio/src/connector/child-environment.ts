import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import {
  ClarityError,
  Secret,
  type EnvironmentEntry,
  type LocalProcessOrigin,
  type Service,
} from '@clarity-runtime/core';
import {
  decodeText,
  isModel,
  isPackageRunner,
  toPrintableAscii,
  type ServiceValues,
} from '@clarity-runtime/core/internal';
import { SERVICE_MARK } from '../process/child-marks.ts';
import type { ProcessSystem } from '../process/process-system.ts';
import { inheritedVariables, isRuntimeVariable } from './inherited-variables.ts';
import type { ProcessConnectorOptions } from './options.ts';

/** The environment of a child process. */
export interface ChildEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Values of `envFile`. The connection redacts them in every text of the process. */
  readonly secrets: readonly Secret[];
}

interface EnvironmentSources extends Pick<ProcessConnectorOptions, 'environment' | 'inherit' | 'workspace'> {
  readonly system: Pick<ProcessSystem, 'variable'>;
}

const MAX_FILE_BYTES = 65_536;
/** A shorter value of a file is not redacted, because it could be part of any word. */
const MIN_SECRET_LENGTH = 8;

/** npm does nothing else than install and run. */
const QUIET_NPM = { NPM_CONFIG_AUDIT: 'false', NPM_CONFIG_FUND: 'false', NPM_CONFIG_UPDATE_NOTIFIER: 'false' };

/**
 * Returns the complete environment of a child: inherited variables, then those of `envFile`, then `env`, then the mark.
 * @throws ClarityError CREDENTIAL_MISSING or PROCESS_START_FAILED when a value cannot be resolved.
 */
export async function childEnvironment(
  service: Service,
  origin: LocalProcessOrigin,
  sources: EnvironmentSources,
  values: ServiceValues,
): Promise<ChildEnvironment> {
  const { environment, inherit = [], workspace } = sources;
  const variables = inheritedVariables(origin.inheritEnv ?? 'safe', { environment, changes: inherit });
  if (isPackageRunner(service.manifest)) Object.assign(variables, QUIET_NPM);
  const secrets: Secret[] = [];
  if (origin.envFile !== undefined) {
    const ofFile = await readEnvFile(resolve(workspace, origin.cwd ?? '.', origin.envFile));
    Object.assign(variables, ofFile);
    secrets.push(
      ...Object.values(ofFile)
        .filter(({ length }) => length >= MIN_SECRET_LENGTH)
        .map((value) => new Secret(value)),
    );
  }
  for (const [i, entry] of (origin.env ?? []).entries()) {
    const field = `spec.origin.env[${String(i)}]`;
    variables[entry.name] = await valueOf(service, entry, { ...sources, values, field });
  }
  return { variables: { ...variables, [SERVICE_MARK]: service.serviceId }, secrets };
}

async function valueOf(
  service: Service,
  { value = '', secretRef, from }: EnvironmentEntry,
  {
    environment,
    system,
    values,
    field,
  }: EnvironmentSources & { readonly values: ServiceValues; readonly field: string },
): Promise<string> {
  if (from !== undefined) {
    const place = { field: `${field}.from` };
    if (isRuntimeVariable(from) || (service.registrant !== undefined && isModel(service.registrant))) {
      throw new ClarityError('PROCESS_START_FAILED', `variable '${from}' may not be passed to this service`, place);
    }
    const lent = system.variable(environment, from);
    if (lent !== undefined) return lent;
    const hint = `set ${from} in the environment of clarityd, or give the entry a value`;
    throw new ClarityError('PROCESS_START_FAILED', `variable '${from}' is not set`, { ...place, hint });
  }
  return values.value({ value, ...(secretRef === undefined ? {} : { secretRef }) }, { field, purpose: 'env' });
}

/** Reads a file of `NAME=value` lines, at each start again. */
async function readEnvFile(path: string): Promise<Record<string, string>> {
  const fail = (problem: string): ClarityError =>
    new ClarityError('PROCESS_START_FAILED', `'${toPrintableAscii(path)}' ${problem}`, {
      field: 'spec.origin.envFile',
    });
  const file = await open(path).catch(() => undefined);
  if (file === undefined) throw fail('cannot be read');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_FILE_BYTES + 1), 0, MAX_FILE_BYTES + 1, 0);
    if (bytesRead > MAX_FILE_BYTES) throw fail(`is larger than ${String(MAX_FILE_BYTES)} bytes`);
    const values = parseEnv(decodeText(buffer.subarray(0, bytesRead)));
    return Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
  } finally {
    await file.close();
  }
}
