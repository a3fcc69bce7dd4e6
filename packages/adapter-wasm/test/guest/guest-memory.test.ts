import { describe, expect, test } from '@jest/globals';
import { AbiError, GuestLimit } from '../../src/guest/guest-error.ts';
import { GuestMemory } from '../../src/guest/guest-memory.ts';

const PAGE = 65_536;

function memoryOf({ heapBase = 1_028, maxBytes = 4 * PAGE, maximum = 8 } = {}): {
  wasm: WebAssembly.Memory;
  memory: GuestMemory;
} {
  const wasm = new WebAssembly.Memory({ initial: 1, maximum });
  return { wasm, memory: new GuestMemory(wasm, heapBase, { maxBytes }) };
}

describe('the heap', () => {
  test('starts at the next multiple of 8 and stays on multiples of 8', () => {
    const { memory } = memoryOf();
    expect([memory.alloc(1), memory.alloc(0), memory.alloc(9), memory.alloc(8)]).toEqual([1032, 1040, 1040, 1056]);
    expect(memory.heapTop).toBe(1064);
  });

  test('grows and reads what it wrote on both sides of a growth', () => {
    const { memory, wasm } = memoryOf();
    const before = memory.writeString('before');
    const after = memory.writeString('x'.repeat(PAGE));
    expect(wasm.buffer.byteLength).toBe(2 * PAGE);
    expect(memory.readString(before)).toBe('before');
    expect(memory.readString(after)).toHaveLength(PAGE);
  });

  test('doubles up to its cap, so that 1,000 allocations of a page grow it at most 10 times', () => {
    const maximum = 1_000;
    const { memory, wasm } = memoryOf({ maximum, maxBytes: maximum * PAGE });
    const sizes = new Set<number>();
    for (let page = 1; page < maximum - 1; page += 1) {
      memory.alloc(PAGE);
      sizes.add(wasm.buffer.byteLength);
    }
    expect(sizes.size).toBeLessThanOrEqual(10);
    expect(wasm.buffer.byteLength).toBe(maximum * PAGE);
  });

  test('grows by the missing pages when the module allows no doubling', () => {
    const { memory, wasm } = memoryOf({ maximum: 5, maxBytes: 100 * PAGE });
    for (let page = 0; page < 4; page += 1) memory.alloc(PAGE - 1_100);
    expect(wasm.buffer.byteLength).toBe(4 * PAGE);
    memory.alloc(PAGE);
    expect(wasm.buffer.byteLength).toBe(5 * PAGE);
  });

  test('uses a memory that the module grew', () => {
    const { memory, wasm } = memoryOf();
    wasm.grow(1);
    memory.writeU32(PAGE + 4, 7);
    expect(memory.readU32(PAGE + 4)).toBe(7);
  });

  test('T-252 stops at its cap and at the maximum of the module, and later allocations succeed', () => {
    const capped = memoryOf().memory;
    expect(() => capped.alloc(4 * PAGE)).toThrow(
      new GuestLimit('the function needs more than 262144 bytes of memory, which is spec.origin.maxMemoryBytes'),
    );
    expect(() => memoryOf({ maximum: 1 }).memory.alloc(PAGE)).toThrow(GuestLimit);
    expect(() => capped.alloc(2 ** 53)).toThrow(GuestLimit);
    expect(() => capped.writeString('x'.repeat(5 * PAGE))).toThrow(GuestLimit);
    expect(() => capped.allocBytes(5 * PAGE)).toThrow(GuestLimit);
    expect(capped.alloc(8)).toBe(1032);
  });

  test('is restored to a mark, and rejects invalid marks', () => {
    const { memory } = memoryOf();
    const mark = memory.mark();
    memory.alloc(100);
    for (const top of [memory.heapTop + 8, 8, 1_036, NaN, -8]) {
      expect(() => {
        memory.restore({ top });
      }).toThrow(AbiError);
    }
    memory.restore(mark);
    expect([memory.heapTop, memory.highWater]).toEqual([1032, 1136]);
    memory.reset();
    expect([memory.heapTop, memory.highWater]).toEqual([1032, 1032]);
  });
});

describe('strings', () => {
  test.each(['', 'Åsa \u{1f642}', '\ufeffmark', 'nul\0inside'])('keep %j', (text) => {
    const { memory } = memoryOf();
    expect(memory.readString(memory.writeString(text))).toBe(text);
  });

  test('have U+FFFD for lone surrogates and for invalid UTF-8', () => {
    const { memory } = memoryOf();
    expect(memory.readString(memory.writeString('a\ud83d'))).toBe('a\ufffd');
    expect(memory.readString(memory.writeBytes(Uint8Array.of(0x61, 0xff)))).toBe('a\ufffd');
  });
});

describe('a pointer', () => {
  test.each<[string, (memory: GuestMemory) => unknown]>([
    ['to a word over the end', (memory) => memory.readU32(PAGE - 3)],
    ['to a wide word over the end', (memory) => memory.readI64(PAGE - 7)],
    ['to a float over the end', (memory) => memory.readF64(PAGE)],
    ['in the upper half, passed as a negative number', (memory) => memory.readU32(-4)],
    ['to a string without room for its length', (memory) => memory.readString(PAGE - 2)],
    ['to a range that ends outside', (memory) => memory.window(8, PAGE)],
  ])('%s throws a fault of the module', (_, read) => {
    expect(() => read(memoryOf().memory)).toThrow(AbiError);
  });

  test('to a string that is longer than the memory is refused before it is read', () => {
    const { memory } = memoryOf();
    memory.writeU32(0, 0xffff_ffff);
    expect(() => memory.readString(0)).toThrow('the module pointed outside its memory (at 0, 2147483647 bytes)');
  });

  test('is valid up to the last byte, and writes are checked', () => {
    const { memory } = memoryOf();
    memory.writeU32(PAGE - 4, 0xffff_fffe);
    expect(memory.readU32(PAGE - 4)).toBe(0xffff_fffe);
    const writes = [
      () => {
        memory.writeU32(PAGE - 3, 1);
      },
      () => {
        memory.writeI64(PAGE - 7, 1n);
      },
      () => {
        memory.writeF64(-8, 1);
      },
      () => {
        memory.copy(PAGE - 4, 0, 5);
      },
      () => {
        memory.copy(0, PAGE - 4, 5);
      },
      () => {
        memory.fill(PAGE - 4, 5, 0);
      },
    ];
    for (const write of writes) expect(write).toThrow(AbiError);
  });
});
