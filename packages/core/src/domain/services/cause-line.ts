/** The line of a program that explains its end, and the setting that repairs it. */
export interface Cause {
  readonly line: string;
  /** The remedy, if the line has a known form. */
  readonly remedy?: Remedy;
}

/** A remedy, as data: an edge writes the command for it. */
export type Remedy =
  { readonly kind: 'variable'; readonly name: string } | { readonly kind: 'text'; readonly text: string };

/** Lines from the end that are considered. */
const MAX_LINES = 200;
/** Characters of a line that are considered: a longer line is data, not a message. */
const MAX_CHARACTERS = 1_000;

const ERROR_START =
  /^(?:\w{0,60}(?:Error|Exception)\b|fatal|panic|error\b|npm (?:ERR!|error)\b|thread '[^']{0,80}' panicked)/i;
const MEANING =
  /\b(?:is required|required|must be set|is not set|not found|no such file|refused|denied|invalid|missing|cannot find|unauthorized|in use|failed)\b/i;
const NOISE =
  /^(?:\s*at \S|\s*\^+\s*$|\s*File "|node:internal|Node\.js v|Traceback|\(node:\d+\)|\(Use `node|npm (?:ERR!|error) (?:A complete log|code |errno|syscall|path )|\s*[-=*#~_]{4,}|\s*[{}[\]],?\s*$|During handling of)/;
/** The last line of a Python traceback: `ModuleNotFoundError: No module named 'x'`. */
const EXCEPTION = /^[A-Za-z_][\w.]{0,80}(?:Error|Exception|Warning|Exit|Interrupt): /;

/**
 * Returns the line that explains best why a program ended: of the last 200 lines the one with the highest score, the later
 * one of equals. Undefined when no line looks like a message.
 */
export function causeOf(lines: readonly string[]): Cause | undefined {
  let best: { readonly line: string; readonly score: number } | undefined;
  for (const whole of lines.slice(-MAX_LINES)) {
    const line = whole.slice(0, MAX_CHARACTERS).trimEnd();
    const score = scoreOf(line);
    if (score > 0 && score >= (best?.score ?? 0)) best = { line: line.trim(), score };
  }
  if (best === undefined) return undefined;
  const remedy = remedyOf(best.line);
  return { line: best.line, ...(remedy === undefined ? {} : { remedy }) };
}

const STAMP = /^\[[\d:.TZ-]{20,30}\] /;
/** Lines that the runtime writes into the log of a service. */
const OWN_LINE =
  /^(?:Service (?:started|stopped|restarted|start failed: |lost: |released from |quarantined |replaced by )|Start warning: |Restart in \d{1,12} ms$|Close failed|Remote request failed|Health changed from |Manifest applied \()/;

/** Returns a line of a stored log without the time in front of it. */
export const withoutStamp = (line: string): string => line.replace(STAMP, '');

/** Returns the lines that a program wrote last: those between the last two groups of lines of the runtime. */
export function lastOutput(log: readonly string[]): readonly string[] {
  const output: string[] = [];
  for (let at = log.length - 1; at >= 0 && output.length < MAX_LINES; at -= 1) {
    const line = withoutStamp(log[at] ?? '');
    if (!OWN_LINE.test(line)) output.unshift(line);
    else if (output.length > 0) break;
  }
  return output;
}

function scoreOf(line: string): number {
  if (line.trim() === '' || NOISE.test(line)) return -5;
  return (ERROR_START.test(line) ? 5 : 0) + (MEANING.test(line) ? 3 : 0) + (EXCEPTION.test(line) ? 4 : 0);
}

const VARIABLES: readonly RegExp[] = [
  /\b([A-Z][A-Z0-9_]{2,60})\b(?: environment variable| env var)?(?: is| must be|:)? (?:required|missing|not set|not defined|undefined|set\b)/,
  /(?:[Mm]issing|[Ss]et|[Pp]rovide|[Rr]equires?|[Rr]equired)(?: the)?(?: required)?(?: environment)?(?: variables?)?:? ["'`]?([A-Z][A-Z0-9_]{2,60})\b/,
];

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(?:ModuleNotFoundError|No module named)/, 'install the missing Python module, or start the server with uvx'],
  [
    /(?:Cannot find module|ERR_MODULE_NOT_FOUND|Cannot find package)/,
    'install the dependencies in its folder, or correct the path',
  ],
  [/E404|404 Not Found - GET https?:\/\/registry/, 'the package does not exist: correct its name'],
  [
    /(?:ENOTFOUND|EAI_AGAIN|getaddrinfo|Temporary failure in name resolution)/,
    'check the network: the start is repeated by itself',
  ],
  [/EADDRINUSE|[Aa]ddress already in use/, 'end the process that has the port, or give the server another one'],
  [
    /No matching distribution|no version of .{0,80} matches|not found in the package registry/,
    'correct the name or the version of the package',
  ],
  [
    /manifest unknown|pull access denied|repository does not exist/,
    'correct the name of the image, or log in to its registry',
  ],
  [/Cannot connect to the Docker daemon|docker daemon is not running/i, 'start Docker'],
  [/(?:cannot open display|Missing X server|no DISPLAY)/i, 'the server needs a display: use its headless option'],
  [/(?:EACCES|Permission denied)/, 'allow this user to read and run the file'],
  [/(?:ENOENT|No such file or directory)/, 'correct the path that the line names'],
  [/(?:Unsupported engine|EBADENGINE|requires Node)/i, 'the server needs another version of Node'],
  [/SyntaxError/, 'the program cannot be parsed: is it for another version of its language?'],
  [/(?:[Ii]nvalid|[Bb]ad|expired) (?:API key|api key|token|credentials)|401 Unauthorized/, 'store a valid credential'],
];

function remedyOf(line: string): Remedy | undefined {
  for (const pattern of VARIABLES) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined) return { kind: 'variable', name };
  }
  const text = PATTERNS.find(([pattern]) => pattern.test(line))?.[1];
  return text === undefined ? undefined : { kind: 'text', text };
}
