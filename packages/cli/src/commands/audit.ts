import { ExitCode, usageError } from '../support/cli-error.ts';
import { shownTime } from '../terminal/local-time.ts';
import { exportAudit, exportFlags } from './audit-export.ts';
import { auditQuery, filterFlags } from './audit-filter.ts';
import { verifyAudit, verifyFlags } from './audit-verify.ts';
import type { Command } from '../command-support/command.ts';
import { limitFlag, limitOf } from '../command-support/flags.ts';
import { ServiceNames } from '../command-support/service-names.ts';

export const audit: Command = {
  syntax: 'audit [action]',
  describe: 'show the audit log, newest last; verify its hash chain, or export it',
  subject: 'verify or export; default: show the newest events',
  flags: { limit: limitFlag('maximum number of events'), ...filterFlags, ...verifyFlags, ...exportFlags },
  run: async (given, session) => {
    const { api, output } = session;
    const action = given.text('action');
    if (action === 'verify') return verifyAudit(given, session);
    if (action === 'export') return exportAudit(given, session);
    if (action !== undefined)
      throw usageError(`unknown action 'audit ${action}'`, 'use `audit verify` or `audit export`');
    const query = await auditQuery(given, api);
    query.set('limit', String(limitOf(given, 'limit')));
    const reply = await api.auditPage(query);
    if (output.json) output.value(reply);
    else {
      const names = await ServiceNames.of(api);
      const rows = reply.items.map(({ at, kind, serviceId, message }) => [
        shownTime(at),
        kind,
        names.shown(serviceId),
        message,
      ]);
      output.table(['AT', { title: 'WHAT', fit: 'whole' }, 'SERVICE', 'MESSAGE'], rows, (row) =>
        reply.items[row]?.level === 'error' ? 'bad' : 'plain',
      );
    }
    return ExitCode.done;
  },
};
