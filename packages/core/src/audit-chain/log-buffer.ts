const MAX_LINES = 2_000;
const MAX_SIZE = 256 * 1024;
const MAX_LINE_LENGTH = 4_096;

interface Log {
  readonly lines: string[];
  size: number;
}

/** The newest log lines of each service: at most 2,000, and at most 256 KiB of characters. */
export class LogBuffer {
  readonly #logs = new Map<string, Log>();

  add(serviceId: string, lines: readonly string[]): void {
    const log = this.#logs.get(serviceId) ?? { lines: [], size: 0 };
    this.#logs.set(serviceId, log);
    for (const line of lines) {
      const kept = shortened(line);
      log.lines.push(kept);
      log.size += kept.length;
    }
    let gone = Math.max(0, log.lines.length - MAX_LINES);
    let freed = log.lines.slice(0, gone).reduce((sum, line) => sum + line.length, 0);
    while (log.size - freed > MAX_SIZE) {
      freed += log.lines[gone]?.length ?? 0;
      gone += 1;
    }
    log.lines.splice(0, gone);
    log.size -= freed;
  }

  newest(serviceId: string, limit: number): readonly string[] {
    const lines = this.#logs.get(serviceId)?.lines ?? [];
    return limit <= 0 ? [] : lines.slice(-limit);
  }

  drop(serviceId: string): void {
    this.#logs.delete(serviceId);
  }

  /** Returns copies of the lines by service. */
  kept(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#logs].map(([serviceId, { lines }]) => [serviceId, [...lines]]));
  }
}

/** Returns the first 4,096 characters of a line. */
const shortened = (line: string): string => line.slice(0, MAX_LINE_LENGTH);
