import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

/** The first Node.js with sums in initializers (WebAssembly 3.0, "Extended constant expressions") without a flag. */
const EXTENDED_CONST_NODE = 22;

/**
 * Sets the flags of V8 for guests. Call it before anything is compiled. Dynamic tiering is off: code that is optimized while
 * it runs polls so seldom that some loops cannot be ended. Initializers may have sums, which modules of relocatable
 * libraries have.
 */
export function disableDynamicTiering(): void {
  setFlagsFromString('--no-wasm-dynamic-tiering');
  const [major = ''] = process.versions.node.split('.');
  if (Number(major) < EXTENDED_CONST_NODE) setFlagsFromString('--experimental-wasm-extended-const');
}
