import type { AuditEventReply } from '@clarity-runtime/api-contract';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ExitCode, CliError, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { escapeForTerminal, toTerminalJson } from '../terminal/escape.ts';
import { auditQuery } from './audit-filter.ts';

export const CSV_HEADING = 'seq,id,at,kind,level,service,caller_kind,caller,door,outcome,duration_ms,message,data';

/**
 * Returns one event as a line of CSV (RFC 4180) without line break. A cell that a spreadsheet would read as a formula
 * starts with an apostrophe.
 */
export function csvLine({ seq, id, at, kind, level, message, serviceId, caller, data }: AuditEventReply): string {
  const { outcome, durationMs, ...rest } = data ?? {};
  const cells = [
    String(seq),
    id,
    at,
    kind,
    level,
    serviceId ?? '',
    caller?.kind ?? '',
    caller?.id ?? '',
    caller?.door ?? '',
    plain(outcome),
    plain(durationMs),
    message,
    Object.keys(rest).length === 0 ? '' : JSON.stringify(rest),
  ];
  return cells.map(cell).join(',');
}

const FORMULA = /^[=+\-@\t\r\n]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

function cell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const plain = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

export const exportFlags: Flags = {
  format: { type: 'text', describe: 'export: jsonl or csv', fallbackText: 'jsonl' },
  output: { type: 'text', describe: 'export: output file, which must not exist; default: standard output' },
};

const PAGE = 2_000;

interface Format {
  readonly heading?: string;
  readonly line: (event: AuditEventReply) => string;
  /** Line break of the output. */
  readonly end: string;
}

const formats: Readonly<Record<string, Format>> = {
  jsonl: { line: (event) => toTerminalJson(event, 0), end: '\n' },
  csv: { heading: CSV_HEADING, line: (event) => escapeForTerminal(csvLine(event)), end: '\r\n' },
};

/** `clarityctl audit export`: exports all matching events, oldest first, up to the newest one. */
export async function exportAudit(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { api, output, cwd } = session;
  const named = given.text('format') ?? 'jsonl';
  const format = Object.hasOwn(formats, named) ? formats[named] : undefined;
  if (format === undefined) throw usageError(`--format must be jsonl or csv, not '${named}'`);
  const query = await auditQuery(given, api);
  query.set('limit', String(PAGE));
  const path = given.text('output');
  const file = path === undefined ? undefined : await created(resolve(cwd, path));
  try {
    const write = async (lines: readonly string[]): Promise<void> => {
      if (file !== undefined) await file.write(lines.map((line) => `${line}${format.end}`).join(''));
      else for (const line of lines) output.line(line);
    };
    if (format.heading !== undefined) await write([format.heading]);
    let [count, missed] = [0, 0];
    for (let after = 'start', full = true; full;) {
      query.set('after', after);
      const page = await api.auditPage(query);
      await write(page.items.map(format.line));
      count += page.items.length;
      missed += page.missed ?? 0;
      after = page.next;
      full = page.items.length === PAGE;
    }
    if (missed > 0) output.note(`note: ${String(missed)} events were dropped by retention before they were read`);
    if (path !== undefined) output.note(`${String(count)} events written to ${path}`);
  } finally {
    await file?.close();
  }
  return ExitCode.done;
}

/** Creates a file that only its owner can read. Never overwrites a file. */
async function created(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new CliError(`${path} already exists`, { hint: 'choose another file' });
    throw new CliError(`cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}
