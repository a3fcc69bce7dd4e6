/** The built entry, from src and from dist: a worker thread has no loader. */
export const WORKER_ENTRY = new URL('../../dist/worker/main.js', import.meta.url);
