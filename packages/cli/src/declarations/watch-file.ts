import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors write a file in several steps. */
const PAUSE_MS = 300;

/**
 * Calls `onChange` after the file changed, was created or was renamed to, one call at a time. Resolves when the signal aborts.
 * Watches the folder, because an editor replaces the file.
 */
export async function watchFile(path: string, onChange: () => Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, PAUSE_MS);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      watcher.once('error', reject);
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
  } finally {
    clearTimeout(timer);
    watcher.close();
    await running;
  }
}
