import { setFlagsFromString } from 'node:v8';

/**
 * To be called before anything is compiled: code that is optimised while it runs polls so seldom that some loops cannot
 * be ended.
 */
export function disableDynamicTiering(): void {
  setFlagsFromString('--no-wasm-dynamic-tiering');
}
