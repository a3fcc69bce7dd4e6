/** Result of one server over one transport. */
export interface MatrixRow {
  readonly server: string;
  readonly version: string;
  readonly transport: string;
  readonly era: string;
  readonly tools: number;
  readonly calls: number;
  /** `none`: the server does not start with the official client either. */
  readonly verdict: 'yes' | 'no' | 'none';
  /** Milliseconds from the registration to the running service. */
  readonly ms: number;
  readonly note: string;
}

/** Prints the rows as a table of Markdown, and the totals. */
export function printTable(rows: readonly MatrixRow[]): void {
  console.log('| server | version | transport | era | tools | calls | equal? | start ms | note |');
  console.log('|---|---|---|---|---:|---:|---|---:|---|');
  for (const { server, version, transport, era, tools, calls, verdict, ms, note } of rows) {
    const cells = [server, version, transport, era, tools, calls, verdict, ms, note.replace(/[|\n]/g, ' ')];
    console.log(`| ${cells.map(String).join(' | ')} |`);
  }
  const count = (verdict: MatrixRow['verdict']): string => String(rows.filter((row) => row.verdict === verdict).length);
  const packages = new Set(rows.filter(({ calls }) => calls > 0).map(({ server }) => server)).size;
  console.log(`\nCalls of ${String(packages)} packages were compared.`);
  console.log(`${count('yes')} equal, ${count('no')} different, ${count('none')} not started`);
}
