import type { ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';

/** Clears cached texts: after a restore of the heap their addresses can contain other data. */
function restore({ memory, texts }: GuestContext, mark: bigint): void {
  memory.restore({ top: Number(mark) });
  texts.clear();
}

export const MEMORY_IMPORTS: ImportGroup = {
  __alloc:
    ({ memory }) =>
    (size: number) =>
      memory.alloc(size >>> 0),
  arena_save:
    ({ memory }) =>
    () =>
      BigInt(memory.mark().top),
  arena_restore: (host) => (mark: bigint) => {
    restore(host, mark);
  },
  arena_restore_keeping_str: (host) => (mark: bigint, kept: number) => {
    const text = host.texts.read(kept);
    restore(host, mark);
    return host.texts.write(text);
  },
  memory_stats:
    ({ memory, texts }) =>
    () => {
      const { heapBase, heapTop, byteLength } = memory;
      return texts.write(JSON.stringify({ heap_base: heapBase, heap_top: heapTop, memory_bytes: byteLength }));
    },
};
