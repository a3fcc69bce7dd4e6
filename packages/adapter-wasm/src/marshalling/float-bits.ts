const word = new DataView(new ArrayBuffer(8));

/** The 64 bits of a Float64 as a signed integer: so a Map keeps it. */
export function floatBits(value: number): bigint {
  word.setFloat64(0, value);
  return word.getBigInt64(0);
}

export function floatOfBits(bits: bigint): number {
  word.setBigInt64(0, bits);
  return word.getFloat64(0);
}
