import { ClarityError, type Manifest } from '@clarity-runtime/core';
import { isOwnVariable } from '@clarity-runtime/core/internal';
import type { ComponentGrants } from '@clarity-runtime/core/ports';

/** Returns whether bytes begin like a component: layer 1 of a WebAssembly binary (Component Model, preamble). */
export const isComponent = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d && bytes[6] === 1 && bytes[7] === 0;

/** Defaults of `spec.capabilities.network`: requests that read. */
const NETWORK = { methods: ['GET', 'HEAD'], maxBytes: 1_048_576, timeoutMs: 10_000 };
/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Returns what `spec.capabilities` grants to a component, with the values of its variables in `environment`. */
export function componentGrants(
  { spec: { capabilities = {} } }: Manifest,
  environment: Readonly<Record<string, string | undefined>>,
): ComponentGrants {
  const { files, env = [], time = false, random = false, network } = capabilities;
  const variables = env.flatMap((name) => {
    const value = isOwnVariable(name) ? undefined : environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(files === undefined ? {} : { files: files.map(({ path, guest = path, access }) => ({ path, guest, access })) }),
    ...(variables.length === 0 ? {} : { env: variables }),
    time,
    random,
    ...(network === undefined ? {} : { network: { ...NETWORK, ...network } }),
  };
}

/** Returns whether calls of a component can change something outside of it. */
export const hasEffects = ({ spec: { capabilities } }: Manifest): boolean =>
  capabilities?.files?.some(({ access }) => access === 'rw') === true ||
  capabilities?.network?.methods?.some((method) => !SAFE_METHODS.has(method)) === true;

/** @throws ClarityError MANIFEST_INVALID when a core module has capabilities, which it cannot use. */
export function refuseCapabilities({ spec: { capabilities } }: Manifest): void {
  if (capabilities === undefined || Object.keys(capabilities).length === 0) return;
  throw new ClarityError('MANIFEST_INVALID', 'a core module cannot use capabilities; only components can', {
    field: 'spec.capabilities',
    hint: 'remove spec.capabilities',
  });
}
