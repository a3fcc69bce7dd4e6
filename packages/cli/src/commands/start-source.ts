import { addSource, sourceAddFlags } from './add.ts';
import type { Command } from '../command-support/command.ts';
import { requiredFlag } from '../command-support/flags.ts';

/** Alias of `add`. */
export const startSource: Command = {
  syntax: 'start-source',
  describe: 'deprecated alias of `add <service>`',
  flags: { source: { type: 'text', describe: 'source file (required)' }, ...sourceAddFlags },
  run: (given, session) => {
    session.output.note('warning: `start-source` is deprecated: use `add <service>`');
    return addSource(session, given, requiredFlag(given, 'source'));
  },
};
