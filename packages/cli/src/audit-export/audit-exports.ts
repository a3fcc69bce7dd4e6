import { join } from 'node:path';
import type { AuditExportLoad } from '@clarity-runtime/adapter-http';
import { nodeFiles, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import { systemClock, type Runtime } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { randomBytes } from 'node:crypto';
import { AuditExporter } from './audit-exporter.ts';
import type { AuditSink } from './audit-sink.ts';
import { FileSink } from './file-sink.ts';
import { OtlpSink } from './otlp-sink.ts';
import { SyslogSink } from './syslog-sink.ts';

/** Destinations of the audit log, as the settings of the daemon name them. */
export interface AuditExportTargets {
  /** Absolute path. */
  readonly file?: string | undefined;
  readonly syslog?: URL | undefined;
  readonly otlp?: URL | undefined;
}

export interface AuditExportsOptions {
  readonly runtime: Runtime;
  /** Absolute path of the workspace, which stores the cursors. */
  readonly workspace: string;
  readonly version: string;
  readonly targets: AuditExportTargets;
  readonly log: (line: string) => void;
}

/** All exports of the audit log of one daemon. */
export interface AuditExports {
  readonly loads: () => readonly AuditExportLoad[];
  /** Opens the destinations again, after SIGHUP. */
  readonly reopen: () => void;
  /** Sends the stored events for at most `graceMs` and closes the destinations. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Starts one exporter for each destination. A destination that fails does not prevent the start. */
export async function startAuditExports(options: AuditExportsOptions): Promise<AuditExports> {
  const { runtime, workspace, log } = options;
  const cursors = await CursorFile.open(join(runtimeFolder(workspace), 'audit-export.json'));
  const exporters = sinksOf(options).map(([address, sink]) => {
    const key = `${sink.name}-${sha256Hex(address).slice(0, 12)}`;
    const onCursor = (cursor: string): Promise<void> => cursors.set(key, cursor);
    return new AuditExporter({ runtime, sink, after: cursors.get(key), onCursor, clock: systemClock, log });
  });
  return {
    loads: () => exporters.map(({ load }) => load),
    reopen: () => {
      for (const exporter of exporters) exporter.reopen();
    },
    close: async (graceMs) => {
      await Promise.all(exporters.map((exporter) => exporter.close(graceMs)));
      await cursors.save();
    },
  };
}

function sinksOf({ targets, version }: AuditExportsOptions): readonly (readonly [string, AuditSink])[] {
  const { file, syslog, otlp } = targets;
  return [
    ...(file === undefined ? [] : [[file, new FileSink(file)] as const]),
    ...(syslog === undefined ? [] : [[syslog.href, new SyslogSink(syslog)] as const]),
    ...(otlp === undefined ? [] : [[otlp.href, new OtlpSink(otlp, version)] as const]),
  ];
}

/** Time between two writes of the cursors: after a crash at most the events of this time are sent again. */
const SAVE_INTERVAL_MS = 1_000;

/** The cursors of all exports in one file. A missing or damaged file starts the exports at the oldest event. */
class CursorFile {
  readonly #path: string;
  readonly #cursors: Map<string, string>;
  #savedAt = 0;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, cursors: Map<string, string>) {
    this.#path = path;
    this.#cursors = cursors;
  }

  static async open(path: string): Promise<CursorFile> {
    const text = await nodeFiles.read(path).then(
      (bytes) => Buffer.from(bytes).toString(),
      () => '{}',
    );
    return new CursorFile(path, new Map(Object.entries(cursorsIn(text))));
  }

  get(key: string): string | undefined {
    return this.#cursors.get(key);
  }

  async set(key: string, cursor: string): Promise<void> {
    this.#cursors.set(key, cursor);
    if (Date.now() - this.#savedAt < SAVE_INTERVAL_MS) return;
    this.#savedAt = Date.now();
    await this.save();
  }

  /** Writes the cursors. A failed write is repeated with the next one: the exports then send some events again. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#write()).catch(() => undefined);
    return this.#saving;
  }

  async #write(): Promise<void> {
    if (this.#cursors.size === 0) return;
    const temporary = `${this.#path}.tmp-${randomBytes(6).toString('hex')}`;
    const file = await nodeFiles.create(temporary);
    try {
      await file.write(Buffer.from(`${JSON.stringify(Object.fromEntries(this.#cursors))}\n`), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await nodeFiles.rename(temporary, this.#path);
  }
}

function cursorsIn(text: string): Readonly<Record<string, string>> {
  try {
    const entries = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}
