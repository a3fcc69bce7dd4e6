/** Opens a workspace at the time that the parent process sends, reports the winner and closes it on request. */
import process from 'node:process';
import { openFsStore } from '../packages/adapter-store-fs/dist/index.js';

let workspace;

process.on('message', async ({ root, at }) => {
  if (root === undefined) {
    await workspace?.[Symbol.asyncDispose]();
    workspace = undefined;
    process.send({ closed: true });
    return;
  }
  while (Date.now() < at);
  try {
    workspace = await openFsStore({ root });
    process.send({ won: true, said: '' });
  } catch (error) {
    process.send({ won: false, said: `${String(error.kind)}: ${error.message}` });
  }
});
