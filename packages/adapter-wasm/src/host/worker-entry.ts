/** The built entry, from src and from dist alike: no loader reaches into a worker thread. */
export const WORKER_ENTRY = new URL('../../dist/worker/main.js', import.meta.url);
