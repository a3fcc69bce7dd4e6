import { RawJson } from '@clarity-runtime/core';
import type { WasmHost, WasmModule, WasmReply } from '@clarity-runtime/core/ports';
import { GuestHost } from '../../src/process/guest-host.ts';
import type { ChannelListener, GuestProcess } from '../../src/process/guest-process.ts';

/** Called for each call of a guest host, which it can end. */
export type OnCall = (name: string, kill: () => void) => void;

/** Runs scripted functions: `add` of two numbers. Every other function returns its name. */
const scriptedHost = (onCall: (name: string) => void): WasmHost => {
  const module: WasmModule = {
    functions: [],
    close: () => Promise.resolve(),
    call: async (name, args): Promise<WasmReply> => {
      onCall(name);
      await new Promise((resolve) => setImmediate(resolve));
      const [first = 0, second = 0] = args.value as readonly number[];
      return { type: 'value', json: RawJson.of(name === 'add' ? first + second : name) };
    },
  };
  return { load: () => Promise.resolve(module), [Symbol.asyncDispose]: () => Promise.resolve() };
};

/** A guest host without a process: its stream is in memory, and its end is one flag. */
export function memoryProcess(onCall: OnCall, onStart: (kill: () => void) => void = () => undefined): GuestProcess {
  let listener: ChannelListener | undefined;
  let isOver = false;
  const kill = (): void => {
    if (isOver) return;
    isOver = true;
    setImmediate(() => listener?.ended('SIGKILL'));
  };
  const later = (work: () => void): void => {
    setImmediate(() => {
      if (!isOver) work();
    });
  };
  const scripted = scriptedHost((name) => {
    onCall(name, kill);
  });
  const guests = new GuestHost(scripted, (bytes) => {
    later(() => listener?.data(bytes));
  });
  later(() => {
    guests.begin();
  });
  onStart(kill);
  return {
    pid: undefined,
    listen: (given) => {
      listener = given;
    },
    write: (bytes) => {
      later(() => {
        guests.receive(bytes);
      });
    },
    hold: () => undefined,
    release: () => undefined,
    kill,
  };
}
