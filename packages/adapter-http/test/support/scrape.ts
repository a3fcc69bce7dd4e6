import type { Daemon } from './daemon.ts';

/** Reads `/metrics`: one value, as text, per `name{labels}`. */
export type Scraped = ReadonlyMap<string, number>;

export async function scrape({ url }: Pick<Daemon, 'url'>, headers: Record<string, string> = {}): Promise<Scraped> {
  const answer = await fetch(`${url}/metrics`, { headers });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`/metrics returned ${String(answer.status)}: ${text}`);
  return readExposition(text);
}

/** Parses the text format. Throws for an invalid line and for a duplicate series. */
export function readExposition(text: string): Scraped {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_]+ ./.test(line)) continue;
    const [, series = '', value = ''] = /^([a-z_]+(?:\{(?:[a-z_]+="[^"\n]*",?)+\})?) (\S+)$/.exec(line) ?? [];
    if (series === '' || found.has(series) || Number.isNaN(Number(value))) throw new Error(`not a series: ${line}`);
    found.set(series, Number(value));
  }
  return found;
}
