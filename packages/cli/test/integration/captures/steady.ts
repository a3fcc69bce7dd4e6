/** Returns the text with fixed values for ports, times, ids and paths, so that captures are equal on every machine. */
export function steady(text: string, { folder, url }: { readonly folder: string; readonly url: string }): string {
  const { port } = new URL(url);
  const parts: readonly (readonly [RegExp | string, string | ((found: string) => string)])[] = [
    [folder, same('/home/me/work')],
    [new RegExp(`(?<=127\\.0\\.0\\.1:)${port}\\b|(?<=port )${port}\\b`, 'g'), same('47070')],
    [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-01-01T12:00:00.000Z'],
    [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-01-01 12:00:00'],
    [/svc_[a-f0-9]{12}/g, 'svc_0123456789ab'],
    [/\b[a-f0-9]{12,64}(?=\.\d|\b)\b/g, zeros],
    [/(?<=pid |process |"pid": )\d+/g, same('12345')],
    [process.execPath, same('/usr/bin/node')],
    [/[^\s"`]+(?=\/bin\/clarity(?:d|ctl|c|-runtime)\.js)/g, same('/opt/clarity-runtime')],
    [/(?<=up )(?:\d+m )?\d+(?=s)|(?<="uptimeSeconds": )\d+/g, same('1')],
    [/(?<=uptime +)(?:\d+m )?\d+(?=s)/g, same('1')],
    [/(?<=ready +\d+ +)(?:\d+m )?\d+s */g, (found) => '1s'.padEnd(found.length)],
    // A link covers the events that a store writes together.
    [/(?<=records, )\d+(?= links)|(?<="links": )\d+/g, same('9')],
    [/(?<=Restart in\s+)\d+(?= ms)|(?<="delayMs": )\d+/g, same('1000')],
    [/(?<="(?:durationMs|seq|startedMs)": )[\d.]+/g, '1'],
    [/(?<=,http,[a-z_]*,)\d+(?=,)/g, same('1')],
    [process.versions.node, same('20.19.0')],
  ];
  return parts.reduce((steadied, [from, to]) => steadied.replaceAll(from, to as string), withoutProgress(text));
}

/** Starts each drawing of a line of progress, and erases the last one. */
const ERASE = '\r\u001b[K';

/** Returns the text as a terminal shows it at last: a line of progress is drawn only when a wait takes over a second. */
function withoutProgress(text: string): string {
  const lines = text.split('\n').map((line) => {
    const [before = '', ...drawn] = line.split(ERASE);
    return before + (drawn.at(-1) ?? '');
  });
  return lines.join('\n');
}

const zeros = (found: string): string => '0'.repeat(found.length);
/** Returns a replacer for a literal text. `replaceAll` interprets `$` in a replacement string. */
const same = (text: string) => (): string => text;
