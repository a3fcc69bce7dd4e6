import { add, addSource } from './add.ts';
import type { Command } from './command.ts';
import { requiredFlag } from './required-flag.ts';

/** The older spelling of `add`. */
export const startSource: Command = {
  syntax: 'start-source',
  describe: 'older spelling of `add <service>`',
  flags: { source: { type: 'text', describe: 'the source file (required)' }, ...add.flags },
  run: (given, session) => {
    session.output.note('warning: `start-source` is an older spelling of `add <service>`');
    return addSource(session, given, requiredFlag(given, 'source'));
  },
};
