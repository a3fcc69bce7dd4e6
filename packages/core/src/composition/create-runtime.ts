import { inWordsOfLibrary } from '../domain/errors/library-words.ts';
import { lazyModule } from '../application/support/lazy-module.ts';
import type { Runtime } from '../ports/inbound/runtime.ts';
import { bindCalls } from './bind-calls.ts';
import { bindControl } from './bind-control.ts';
import { bindLogins } from './bind-logins.ts';
import { bindRuntime } from './bind-runtime.ts';
import { bindServices } from './bind-services.ts';
import { bindUseCases } from './bind-use-cases.ts';
import { createContainer, find, findAll, type Container } from './container.ts';
import { ownAdapters, registerAdapters } from './default-adapters.ts';
import { Lifetime } from './lifetime.ts';
import type { RuntimeAdapters } from './runtime-adapters.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { bindTenant } from './tenant-ports.ts';
import { PART, PORT } from './tokens.ts';

const SETUP_MEMBERS: ReadonlySet<string> = new Set<keyof RuntimeSetup>(['container', 'adapters', 'options']);

/** The long form of `createRuntime`. A member of `RuntimeAdapters` belongs in `adapters`, so that the two forms never mix. */
export interface RuntimeSetup extends Partial<Record<keyof RuntimeAdapters, never>> {
  /** Registrations of the embedder. Several runtimes may share one container. */
  readonly container?: Container;
  /** Adapters of this runtime alone, for the ports that `container` leaves free. The runtime disposes all of them. */
  readonly adapters?: RuntimeAdapters;
  readonly options?: RuntimeOptions;
}

/**
 * Creates a runtime and loads the policies and services of its registries; `autostart` starts them. Each port resolves to the
 * registration in `container`, or else to the adapter, or else to the default. When the start fails, everything that the
 * runtime made or was given in `adapters` is disposed.
 * @throws AggregateError when the start and then a `dispose` fail.
 */
export function createRuntime(setup: RuntimeSetup): Promise<Runtime>;
/** Short form of `createRuntime({ adapters, options })`. */
export function createRuntime(
  adapters?: RuntimeAdapters & Partial<Record<'container' | 'adapters' | 'options', never>>,
  options?: RuntimeOptions,
): Promise<Runtime>;
export async function createRuntime(
  given: RuntimeSetup | RuntimeAdapters = {},
  givenOptions: RuntimeOptions = {},
): Promise<Runtime> {
  const setup = isSetup(given) ? given : { adapters: given, options: givenOptions };
  const { container = createContainer(), adapters = {}, options = {} } = setup;
  const lifetime = new Lifetime();
  ownAdapters(lifetime, adapters);
  try {
    const child = container.createChildContainer();
    child.register(PART.lifetime, { useValue: lifetime });
    child.register(PART.options, { useValue: options });
    registerAdapters(child, adapters);
    bindTenant(child);
    if (find(child, PORT.peers) !== undefined) (await loadSharing()).bindSharing(child);
    bindServices(child);
    bindLogins(child);
    bindCalls(child);
    bindUseCases(child);
    bindControl(child);
    bindRuntime(child);
    findAll(child, PORT.resource);
    const runtime = child.resolve(PART.runtime);
    await child.resolve(PART.lifecycle).load();
    return runtime;
  } catch (failed) {
    const error = options.words === 'program' ? failed : inWordsOfLibrary(failed);
    const errors = await lifetime.end();
    if (errors.length === 0) throw error;
    throw new AggregateError([error, ...errors], 'the runtime did not start, and was not disposed cleanly', {
      cause: failed,
    });
  }
}

/** Loaded by the processes of a shared store only. */
const loadSharing = lazyModule({ load: () => import('./bind-sharing.ts'), has: 'bindSharing' });

/** Rejects an adapter beside the members of the long form, which the runtime would ignore. */
function isSetup(given: RuntimeSetup | RuntimeAdapters): given is RuntimeSetup {
  const names = Object.keys(given);
  const other = names.find((name) => !SETUP_MEMBERS.has(name));
  if (!names.some((name) => SETUP_MEMBERS.has(name))) return false;
  if (other !== undefined) throw new TypeError(`createRuntime: move '${other}' into 'adapters'`);
  return true;
}
