import { add, addSource } from './add.ts';
import type { Command } from '../command-support/command.ts';
import { requiredFlag } from '../command-support/flags.ts';

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
