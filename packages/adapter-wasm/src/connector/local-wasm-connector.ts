import {
  ClarityError,
  type LocalWasmOrigin,
  type Manifest,
  type Service,
  type ServiceArtifact,
} from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import type {
  ArtifactSource,
  ArtifactStore,
  Connection,
  ConnectionEvents,
  AdmissionLimits,
  ComponentTranspiler,
  ServiceConnector,
  WasmHost,
  WasmLimits,
  WasmModule,
  WasmModuleSpec,
} from '@clarity-runtime/core/ports';
import { componentGrants, hasEffects, isComponent, refuseCapabilities } from './component-grants.ts';
import { LocalConnection } from './local-connection.ts';
import { recordFunctions, showLeftOut } from './tool-definitions.ts';
import { loadProgram, storeProgram } from './stored-artifact.ts';
import { MAX_MODULE_BYTES } from '../guard/guard-module.ts';
import { MAX_INTERFACE_BYTES, readInterface } from '../interface/read-interface.ts';

/** Settings of `localWasmConnector`. */
export interface LocalWasmDependencies {
  readonly host: WasmHost;
  /** Host that loads a module on admission, so that running modules do not delay it. Default: `host`. */
  readonly admissionHost?: WasmHost;
  /** Limit of an admission in milliseconds, with the wait for a thread. Default: 10,000. */
  readonly admissionMs?: number;
  readonly artifacts: ArtifactStore;
  readonly source: ArtifactSource;
  /** Default for manifests without a limit. */
  readonly defaults: WasmLimits;
  /**
   * Loads the transpiler of components. Without it components are rejected. @throws ClarityError with the command that
   * installs it.
   */
  readonly components?: () => Promise<ComponentTranspiler>;
  /** Variables that a manifest can grant to a component by name. Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Connector for modules of the Clarity ABI: stores the module on admission and runs the stored copy. */
export const localWasmConnector = (parts: LocalWasmDependencies): ServiceConnector => ({
  origin: 'local_wasm',
  admit: (manifest, limits) => admit(parts, manifest, limits),
  connect: (service, events, { signal }) => connect(parts, service, events, signal),
});

const ADMISSION_MS = 10_000;
/** Milliseconds of the transpilation of a component on admission. */
const TRANSPILE_MS = 60_000;

async function admit(
  parts: LocalWasmDependencies,
  manifest: Manifest,
  { maxArtifactBytes }: AdmissionLimits = { maxArtifactBytes: Infinity },
): Promise<ServiceArtifact> {
  const { host, admissionHost = host, admissionMs = ADMISSION_MS, artifacts, source, defaults } = parts;
  const origin = originOf(manifest);
  refuseDeadFields(origin);
  const wasm = await source.read(origin.wasmPath, MAX_MODULE_BYTES);
  checkDigest(wasm, manifest.metadata.artifactSha256);
  const interfaceBytes = isComponent(wasm)
    ? undefined
    : await source.readOptional(interfacePath(origin.wasmPath), MAX_INTERFACE_BYTES);
  const bytes = wasm.length + (interfaceBytes?.length ?? 0);
  if (bytes > maxArtifactBytes) {
    throw new ClarityError(
      'QUOTA_EXCEEDED',
      `the module has ${String(bytes)} bytes, this caller may store ${String(maxArtifactBytes)} more`,
      {
        field: 'spec.origin.wasmPath',
        hint: 'remove services, or raise CLARITYD_MAX_DISK_BYTES',
      },
    );
  }
  const document = interfaceBytes === undefined ? undefined : readInterface(interfaceBytes);
  const program = await programOf(parts, manifest, wasm, AbortSignal.timeout(TRANSPILE_MS));
  // Load the module once, so that a module that cannot run is rejected while the operator can fix it.
  const module = await loadWithin(admissionHost, AbortSignal.timeout(admissionMs), {
    ...program,
    limits: limitsOf(origin, defaults),
    onLog: () => undefined,
    ...(document === undefined ? {} : { document }),
  });
  await module.close();
  const artifact = { ...(await storeProgram(artifacts, wasm, interfaceBytes)), bytes };
  return document === undefined ? artifact : { ...artifact, compiler: document.compiler };
}

/** @throws ClarityError WASM_BUSY when the module is not loaded before the signal aborts. */
async function loadWithin(host: WasmHost, signal: AbortSignal, spec: WasmModuleSpec): Promise<WasmModule> {
  try {
    return await host.load(spec, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ClarityError('WASM_BUSY', 'the module was not loaded in time', { cause: error });
  }
}

async function connect(
  parts: LocalWasmDependencies,
  service: Service,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<Connection> {
  const { host, artifacts, defaults } = parts;
  const stored = await loadProgram(artifacts, service);
  const program = { ...stored, ...(await programOf(parts, service.manifest, stored.wasm, signal)) };
  const origin = originOf(service.manifest);
  const limits = limitsOf(origin, defaults);
  // The interface document names our compiler; a module that claims it falsely endangers only modules that do the same.
  const isOwn = program.document?.compiler.kind === 'embedded';
  const apart = program.hasEffects === true || (!isOwn && origin.guestHost !== 'thread');
  const onLog = (line: string): void => {
    events.onLog(line);
  };
  const module = await host.load({ ...program, limits, apart, onLog }, signal);
  const warnings = withoutEffect(origin, module);
  for (const line of warnings) onLog(line);
  const records = recordFunctions(program.document);
  return new LocalConnection({ service, module, records, deadlineMs: limits.deadlineMs, events, warnings });
}

/** Returns the part of a module's specification that depends on whether it is a component. */
async function programOf(
  { components, environment = {} }: LocalWasmDependencies,
  manifest: Manifest,
  wasm: Uint8Array,
  signal: AbortSignal,
): Promise<Pick<WasmModuleSpec, 'wasm' | 'program' | 'hasEffects'>> {
  if (!isComponent(wasm)) {
    refuseCapabilities(manifest);
    return { wasm };
  }
  if (components === undefined)
    throw new ClarityError('MODULE_INVALID', 'this runtime has no transpiler of components');
  const transpiler = await components();
  const program = await transpiler.prepare(wasm, componentGrants(manifest, environment), signal);
  return { wasm: new Uint8Array(), program, hasEffects: hasEffects(manifest) };
}

function originOf({ spec }: Manifest): LocalWasmOrigin {
  if (spec.origin.type !== 'local_wasm') throw new ClarityError('ORIGIN_UNSUPPORTED', spec.origin.type);
  return spec.origin;
}

const deadFields = (origin: LocalWasmOrigin): readonly ('args' | 'env')[] =>
  (['args', 'env'] as const).filter((field) => (origin[field] ?? []).length > 0);

/** @throws ClarityError MANIFEST_INVALID when a field cannot reach the module. */
function refuseDeadFields(origin: LocalWasmOrigin): void {
  const [field] = deadFields(origin);
  if (field === undefined) return;
  throw new ClarityError('MANIFEST_INVALID', 'a WebAssembly module receives no arguments and no environment', {
    field: `spec.origin.${field}`,
    hint: `remove spec.origin.${field}`,
  });
}

const MAX_LEFT_OUT_LINES = 20;

/** Returns the sentences about parts of a manifest and of a module that have no effect. */
function withoutEffect(origin: LocalWasmOrigin, { leftOut = [] }: WasmModule): readonly string[] {
  const rest = leftOut.length - MAX_LEFT_OUT_LINES;
  return [
    ...deadFields(origin).map((field) => `spec.origin.${field} has no effect: it does not reach the module.`),
    ...leftOut.slice(0, MAX_LEFT_OUT_LINES).map((entry) => `Export without a tool: ${showLeftOut(entry)}.`),
    ...(rest > 0 ? [`${String(rest)} more exports have no tool.`] : []),
  ];
}

function checkDigest(wasm: Uint8Array, promised: string | undefined): void {
  if (promised === undefined) return;
  const actual = sha256Hex(wasm);
  if (actual === promised.toLowerCase()) return;
  const field = 'metadata.artifactSha256';
  throw new ClarityError('ARTIFACT_DIGEST_MISMATCH', `the file has ${actual}`, { field });
}

const interfacePath = (wasmPath: string): string => `${wasmPath.replace(/\.wasm$/, '')}.interface.json`;

const limitsOf = ({ timeoutMs, maxMemoryBytes }: LocalWasmOrigin, defaults: WasmLimits): WasmLimits => ({
  deadlineMs: timeoutMs ?? defaults.deadlineMs,
  maxMemoryBytes: maxMemoryBytes ?? defaults.maxMemoryBytes,
  maxResultBytes: defaults.maxResultBytes,
});
