import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { recordedHead, runtimeFolder, trustFolders, verifyTelemetry } from '@clarity-runtime/adapter-store-fs';
import { ApiError } from '../api/api-error.ts';
import type { AuditVerdictReply } from '@clarity-runtime/api-contract';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { verifyExportedFile } from '../audit-export/exported-file.ts';
import { findWorkspace } from '../daemon/workspace.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { trustStoreSettings } from '../settings/trust-settings.ts';
import { ExitCode, CliError, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';

const { trustStore } = trustStoreSettings;
const recordSettings = { trustStore };

export const verifyFlags: Flags = {
  expect: { type: 'text', describe: 'verify: head printed by an earlier verify; it must be in the chain' },
  workspace: { type: 'text', describe: 'verify: folder whose files are read directly, without a daemon' },
  file: { type: 'text', describe: 'verify: file that `clarityd --audit-file` has written' },
  ...settingFlags(recordSettings),
};

const HASH = /^[0-9a-f]{64}$/;

/** `clarityctl audit verify`: exits with 3 when the audit log was altered. */
export async function verifyAudit(given: ParsedArgs, session: CommandContext): Promise<number> {
  const expect = given.text('expect');
  if (expect !== undefined && !HASH.test(expect)) {
    throw usageError('--expect must be 64 hexadecimal digits', 'pass the head that an earlier `audit verify` printed');
  }
  const named = given.text('workspace');
  const file = given.text('file');
  const verdict = await (file !== undefined
    ? verifyExport(resolve(session.cwd, file), expect)
    : named === undefined
      ? verifyByDaemon(session, expect)
      : verifyFiles(session, { named, expect, given }));
  const { output } = session;
  if (output.json) output.value(verdict);
  else tell(session, verdict);
  return verdict.ok ? ExitCode.done : ExitCode.store;
}

async function verifyExport(path: string, expect: string | undefined): Promise<AuditVerdictReply> {
  const { lines, torn, fault, expected, head, from, to } = await verifyExportedFile(path, expect);
  const ok = fault === undefined && expected !== false;
  return {
    ok,
    records: lines - torn,
    links: lines,
    head,
    from,
    to,
    outside: 0,
    ...(expected === undefined ? {} : { expected }),
    ...(fault === undefined ? {} : { fault: { reason: fault.reason } }),
  };
}

async function verifyByDaemon({ api }: CommandContext, expect: string | undefined): Promise<AuditVerdictReply> {
  try {
    return await api.verifyAudit(expect);
  } catch (error) {
    if (!(error instanceof CliError) || error instanceof ApiError) throw error;
    throw new CliError(error.message, {
      hint: 'start clarityd, or read the files directly: `clarityctl audit verify --workspace <folder>`',
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

async function verifyFiles(
  { cwd, env }: CommandContext,
  { named, expect, given }: { readonly named: string; readonly expect: string | undefined; readonly given: ParsedArgs },
): Promise<AuditVerdictReply> {
  const root = await findWorkspace(cwd, named);
  const folder = runtimeFolder(root);
  if ((await stat(folder).catch(() => undefined)) === undefined) {
    throw new CliError(`${folder} has no audit log`, { hint: 'pass the workspace folder of clarityd' });
  }
  const { trustStore: store } = resolveSettings(recordSettings, given.texts(), env);
  const { state } = trustFolders({
    environment: env,
    trustStore: store.value === undefined ? undefined : resolve(cwd, store.value),
  });
  const known = await recordedHead({ root, state });
  const expected = expect === undefined ? {} : { expect };
  const { fault, ...verdict } = await verifyTelemetry({ folder, known, ...expected });
  const ok = fault === undefined && verdict.expected !== false;
  return { ok, ...verdict, ...(fault === undefined ? {} : { fault: { ...fault } }) };
}

function tell(
  { output }: CommandContext,
  { ok, records, links, head, from, to, outside, dropped, expected, fault }: AuditVerdictReply,
): void {
  if (fault !== undefined) {
    output.line(
      fault.seq === undefined ? fault.reason : `broken from seq ${String(fault.seq)}: ${fault.reason}`,
      'bad',
    );
    output.line(`valid before it: ${String(records)} records, ${String(links)} links, head ${head}`);
  } else {
    const range = to < from ? 'no events yet' : `from seq ${String(from)} to ${String(to)}`;
    if (ok) output.line('the audit log is complete and unchanged', 'good');
    output.line(`${String(records)} records, ${String(links)} links, ${range}`);
    output.line(`head ${head}`);
    if (dropped !== undefined) output.line(`retention dropped ${String(dropped)} older records; the chain counts them`);
    if (outside > 0) {
      output.line(`${String(outside)} more records were not written to disk, so no link covers them`, 'careful');
    }
  }
  if (expected === false) output.line('the expected head is not in the chain', 'bad');
  if (ok) return;
  output.note(
    expected === false && fault === undefined
      ? 'hint: the end is missing, the records were rewritten, or retention dropped the records up to that head'
      : 'hint: copy .clarity/runtime before any repair, then compare it with an export or backup',
  );
}
