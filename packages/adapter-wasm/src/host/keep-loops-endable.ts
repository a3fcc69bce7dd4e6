import { setFlagsFromString } from 'node:v8';

/**
 * Disables dynamic tiering. Call it before anything is compiled: code that is optimized while it runs polls so seldom
 * that some loops cannot be ended.
 */
export function disableDynamicTiering(): void {
  setFlagsFromString('--no-wasm-dynamic-tiering');
}
