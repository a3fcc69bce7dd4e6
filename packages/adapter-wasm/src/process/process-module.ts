import { ClarityError, type RawJson } from '@clarity-runtime/core';
import type { WasmFunction, WasmModule, WasmModuleSpec, WasmReply } from '@clarity-runtime/core/ports';
import type { GuestGroup } from './guest-group.ts';
import { HostEnded } from './host-link.ts';
import type { CallMessage, LoadedMessage } from './host-messages.ts';

/** A call whose guest host ended. */
export interface LostCall {
  readonly module: ProcessModule;
  readonly message: CallMessage;
  readonly signal: AbortSignal;
  readonly cause: HostEnded;
}

export interface ModuleDependencies {
  readonly key: number;
  readonly spec: WasmModuleSpec;
  readonly loaded: LoadedMessage;
  readonly group: GuestGroup;
  /** Repeats a call whose guest host ended, apart from all other calls. */
  repeat(call: LostCall): Promise<WasmReply>;
  closed(): void;
}

/** A module in a guest host. */
export class ProcessModule implements WasmModule {
  readonly functions: readonly WasmFunction[];
  readonly leftOut: NonNullable<WasmModule['leftOut']>;
  readonly key: number;
  readonly spec: WasmModuleSpec;
  /** The guest host of the module. A module that ended one is moved to its own. */
  group: GuestGroup;
  readonly #parts: ModuleDependencies;
  #isClosed = false;

  constructor(parts: ModuleDependencies) {
    this.#parts = parts;
    this.functions = parts.loaded.functions;
    this.leftOut = parts.loaded.leftOut;
    this.key = parts.key;
    this.spec = parts.spec;
    this.group = parts.group;
  }

  async call(
    name: string,
    args: RawJson,
    { signal, deadlineMs = this.spec.limits.deadlineMs }: { signal: AbortSignal; deadlineMs?: number },
  ): Promise<WasmReply> {
    this.#checkOpen();
    if (signal.aborted) throw new ClarityError('CALL_CANCELLED', '');
    const message = { key: this.key, deadlineMs, name, args: args.bytes };
    try {
      return await this.group.call(message, signal);
    } catch (error) {
      this.#checkOpen();
      if (!(error instanceof HostEnded)) throw error;
      return await this.#parts.repeat({ module: this, message, signal, cause: error });
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.closed();
    return Promise.resolve();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closed();
  }
}

const closed = (): ClarityError => new ClarityError('SERVICE_STOPPED', 'the module was closed');
