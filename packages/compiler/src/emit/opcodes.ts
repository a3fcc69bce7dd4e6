/** Opcodes of the instructions that the emitter uses. */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  localGet: 0x20,
  localSet: 0x21,
  i32Load: 0x28,
  i64Load: 0x29,
  f64Load: 0x2b,
  i32Store: 0x36,
  i64Store: 0x37,
  f64Store: 0x39,
  i32Const: 0x41,
  i64Const: 0x42,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64LtS: 0x53,
  i64GtS: 0x55,
  i64LeS: 0x57,
  i64GeS: 0x59,
  f64Eq: 0x61,
  f64Ne: 0x62,
  f64Lt: 0x63,
  f64Gt: 0x64,
  f64Le: 0x65,
  f64Ge: 0x66,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64DivS: 0x7f,
  i64RemS: 0x81,
  f64Neg: 0x9a,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  i64ReinterpretF64: 0xbd,
  f64ReinterpretI64: 0xbf,
} as const;

/** Type of a value on the stack. */
export type ValueType = 'i32' | 'i64' | 'f64';

export const VALUE_TYPE: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c };

/** Returns the parameter list for a value: one type, or none for Unit. */
export const valueTypes = (type: ValueType | 'none'): readonly ValueType[] => (type === 'none' ? [] : [type]);

/** Type of a block without a result. */
export const NO_VALUE = 0x40;

export const LOAD = { i32: OP.i32Load, i64: OP.i64Load, f64: OP.f64Load } as const;
export const STORE = { i32: OP.i32Store, i64: OP.i64Store, f64: OP.f64Store } as const;

/** Alignment hint of memory instructions, as a power of two. Elements of 8 bytes can be at addresses that are 4 modulo 8. */
export const ALIGNMENT = 2;
