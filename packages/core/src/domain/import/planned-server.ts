import { isOwnVariable, isReservedHeader } from '../access/auth-ref.ts';
import { hostOf } from '../access/secret-scope.ts';
import { contentDigest } from '../json/digest.ts';
import { childProcess, remote, type ManifestOptions } from '../services/manifest-defaults.ts';
import type { Manifest } from '../services/manifest.ts';
import { withInstallTime } from '../services/start-limits.ts';
import type { FoundPair, FoundProcess, FoundRemote, FoundServer } from './found-server.ts';
import { launchIdentity } from './launch-identity.ts';
import { isSecretHeader } from './secret-shape.ts';
import { TemplateReader, type ImportContext } from './template-reader.ts';
import { unwrappedLaunch } from './unwrapped-launch.ts';
import {
  answeredTemplate,
  needsOf,
  plainTemplate,
  shownTemplate,
  TemplateWriter,
  type ImportNeed,
  type ImportedSecret,
  type ValueTemplate,
} from './value-template.ts';

const HEADER_NAME = /^[A-Za-z0-9._-]{1,64}$/;

interface NamedTemplate {
  readonly name: string;
  readonly value: ValueTemplate;
}

/** Values of a server before it has a name. */
export interface PlannedServer {
  readonly server: FoundServer;
  readonly isRemote: boolean;
  /** Command or address. */
  readonly head: ValueTemplate;
  readonly args: readonly ValueTemplate[];
  /** Variables of a program, headers of a remote service. */
  readonly pairs: readonly NamedTemplate[];
  readonly query: readonly NamedTemplate[];
  readonly cwd?: string;
  readonly envFile?: string;
  readonly transport: 'streamable_http' | 'sse_http';
  readonly needs: readonly ImportNeed[];
  readonly needsLogin: boolean;
  readonly notes: readonly string[];
  /** Digest of all values, secrets included; only in memory. */
  readonly fingerprint: string;
  readonly identity: string;
}

/** A manifest with the secrets that it names. */
export interface ImportedManifest {
  readonly manifest: Manifest;
  readonly secrets: readonly ImportedSecret[];
  /** Hosts that the secrets may be sent to; empty for a program. */
  readonly hosts: readonly string[];
}

/** Returns the values of a server; a text with the reason if it cannot be imported. */
export function plannedServer(server: FoundServer, context: ImportContext, unwrap: boolean): PlannedServer | string {
  if (server.launch === undefined) return server.refusal ?? 'the entry has neither a command nor an address';
  const { launch, note } = unwrap ? unwrappedLaunch(server.launch) : { launch: server.launch };
  const reader = new TemplateReader(server, context);
  const parts = launch.type === 'process' ? processParts(launch, reader) : remoteParts(launch, reader);
  if (typeof parts === 'string') return parts;
  const templates = [parts.head, ...parts.args, ...[...parts.pairs, ...parts.query].map(({ value }) => value)];
  const notes = [...server.notes, ...(note === undefined ? [] : [note]), ...reader.notes];
  const planned = { ...parts, server, needs: needsOf(templates), notes };
  const values = [...parts.pairs, ...parts.query].map(({ name, value }) => `${name}=${plainTemplate(value)}`).sort();
  const hidden = [parts.head, ...parts.args].filter((one) => shownTemplate(one).includes('***')).map(plainTemplate);
  const { manifest } = importedManifest({ ...planned, fingerprint: '', identity: '' }, 'service');
  return { ...planned, fingerprint: contentDigest([values, hidden]), identity: launchIdentity(manifest.spec.origin) };
}

const WINDOWS_PATH = /^(?:[A-Za-z]:[\\/]|\\\\)/;

type Parts = Omit<PlannedServer, 'server' | 'needs' | 'notes' | 'fingerprint' | 'identity'>;

function processParts(launch: FoundProcess, reader: TemplateReader): Parts | string {
  const head = reader.read('command', launch.command, 'place');
  if (head.some(({ type }) => type !== 'text') || plainTemplate(head).trim() === '') {
    return 'its command is not known: it has a reference without a value';
  }
  if (reader.isPosix && WINDOWS_PATH.test(plainTemplate(head))) return 'its command is a path of Windows';
  const [cwd, envFile] = [launch.cwd, launch.envFile].map((text) => (text === undefined ? text : reader.path(text)));
  return {
    isRemote: false,
    head,
    args: launch.args.map((arg, at) => argumentTemplate(arg, launch.args[at - 1] ?? '', at, reader)),
    pairs: variables(launch.env, reader),
    query: [],
    ...(cwd === undefined ? {} : { cwd }),
    ...(envFile === undefined ? {} : { envFile }),
    transport: 'streamable_http',
    needsLogin: false,
  };
}

function argumentTemplate(arg: string, before: string, at: number, reader: TemplateReader): ValueTemplate {
  const [, head, value] = /^(--?[A-Za-z][\w.-]*=)([^]*)$/.exec(arg) ?? [];
  if (head !== undefined && value !== undefined) {
    return [{ type: 'text', text: head }, ...reader.read(head.slice(0, -1).replace(/^-+/, ''), value, 'argument')];
  }
  if (/^(?:--header|-H)$/.test(before)) {
    const [name, rest] = splitAt(arg, arg.indexOf(':'));
    const value = rest.slice(1).trimStart();
    if (value !== '' && isSecretHeader(name)) {
      return [{ type: 'text', text: arg.slice(0, arg.length - value.length) }, ...reader.read(name, value, 'header')];
    }
  }
  const isFlag = /^--?[A-Za-z]/.test(before) && !before.includes('=') && !arg.startsWith('-');
  const name = isFlag ? before.replace(/^-+/, '') : `argument-${String(at + 1)}`;
  return reader.read(name, arg, 'argument');
}

function variables(env: readonly FoundPair[], reader: TemplateReader): readonly NamedTemplate[] {
  const seen = new Set<string>();
  return env.flatMap((pair): readonly NamedTemplate[] => {
    const { name } = pair;
    if (!/^[A-Za-z_]\w{0,127}$/.test(name) || isOwnVariable(name) || seen.has(name)) {
      reader.notes.push(`the variable ${JSON.stringify(name.slice(0, 60))} is left out: the runtime cannot set it`);
      return [];
    }
    seen.add(name);
    return [{ name, value: reader.pair(pair, 'env') }];
  });
}

/** Splits a text before an index; the whole text and nothing if the index is -1. */
const splitAt = (text: string, at: number): readonly [head: string, tail: string] =>
  at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];

function remoteParts(launch: FoundRemote, reader: TemplateReader): Parts | string {
  const url = launch.url.trim();
  const [scheme = ''] = /^https?:\/\//i.exec(url) ?? [];
  const [bare] = splitAt(url.slice(scheme.length), url.slice(scheme.length).indexOf('#'));
  const [place, query] = splitAt(bare, bare.indexOf('?'));
  const [authority, path] = splitAt(place, place.indexOf('/'));
  if (scheme === '') return 'its address is not an http or https URL';
  const host = reader.read('url', authority.slice(authority.lastIndexOf('@') + 1), 'place');
  if (host.some(({ type }) => type !== 'text') || !URL.canParse(`${scheme}${plainTemplate(host)}/`)) {
    return 'the host of its address is not known';
  }
  const headers = launch.headers.flatMap((pair): NamedTemplate[] => {
    const { name } = pair;
    const isName = HEADER_NAME.test(name);
    if (isName && !isReservedHeader(name)) return [{ name, value: reader.pair(pair, 'header') }];
    const why = isName ? 'the runtime sets it itself' : 'it is not the name of a header';
    reader.notes.push(`the header ${JSON.stringify(name.slice(0, 60))} is left out: ${why}`);
    return [];
  });
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  if (user !== undefined && !headers.some(({ name }) => /^authorization$/i.test(name))) {
    headers.push({ name: 'Authorization', value: basicTemplate(user) });
  }
  const pairs = query === '' ? [] : [...new URLSearchParams(query.slice(1))];
  const parameters = pairs.map(([name, value]) => ({ name, value: reader.read(name, value, 'query') }));
  const open = parameters.filter(({ value }) => value.every(({ type }) => type === 'text'));
  const shown = new URLSearchParams(
    open.map(({ name, value }): [string, string] => [name, plainTemplate(value)]),
  ).toString();
  return {
    isRemote: true,
    head: [
      { type: 'text', text: scheme },
      ...host,
      ...reader.read('url', path, 'argument'),
      ...(shown === '' ? [] : [{ type: 'text' as const, text: `?${shown}` }]),
    ],
    args: [],
    pairs: headers,
    query: parameters.filter((one) => !open.includes(one)),
    transport: launch.transport ?? (/\/sse\/?$/.test(path) ? 'sse_http' : 'streamable_http'),
    needsLogin: launch.needsLogin,
  };
}

/** Returns the header of RFC 7617 for the user of a URL. */
function basicTemplate(user: string): ValueTemplate {
  let text = user;
  try {
    text = decodeURIComponent(user);
  } catch {
    // A `%` that encodes nothing is a character.
  }
  const value = btoa(String.fromCharCode(...new TextEncoder().encode(text.includes(':') ? text : `${text}:`)));
  return [
    { type: 'text', text: 'Basic ' },
    { type: 'secret', name: 'Authorization', value },
  ];
}

const MAX_CALL_MS = 600_000;
const START_MS = [1_000, 600_000] as const;

/** Returns the manifest of a planned server with a name. A server with missing values is disabled. */
export function importedManifest(
  planned: PlannedServer,
  module: string,
  {
    answers = new Map<string, string>(),
    isEnabled = true,
    folder = `import/${module}`,
    cwd = planned.cwd,
  }: {
    readonly answers?: ReadonlyMap<string, string>;
    readonly isEnabled?: boolean;
    /** First part of the references of its secrets. */
    readonly folder?: string;
    readonly cwd?: string | undefined;
  } = {},
): ImportedManifest {
  const { server } = planned;
  const writer = new TemplateWriter(folder);
  const entry = ({ name, value }: NamedTemplate) => ({ name, ...writer.entry(answeredTemplate(value, answers)) });
  const isComplete = planned.needs.every(({ name }) => answers.has(name));
  const { startMs, callMs, allowTools = [], denyTools = [] } = server;
  const policy = {
    ...(allowTools.length === 0 ? {} : { allowTools }),
    ...(denyTools.length === 0 ? {} : { denyTools }),
    ...(callMs === undefined ? {} : { timeoutMs: Math.min(MAX_CALL_MS, Math.max(START_MS[0], callMs)) }),
  };
  const maxMs = startMs === undefined ? undefined : Math.min(START_MS[1], Math.max(START_MS[0], startMs));
  const common: ManifestOptions = {
    module,
    displayName: server.name === module || server.name === '' ? undefined : server.name.slice(0, 120),
    enabled: isEnabled && isComplete,
    policy: Object.keys(policy).length === 0 ? undefined : policy,
    start: maxMs === undefined ? undefined : { idleMs: maxMs, maxMs },
  };
  const head = writer.text(answeredTemplate(planned.head, answers));
  const pairs = planned.pairs.map(entry);
  const query = planned.query.map(entry);
  const manifest = planned.isRemote
    ? remote(head, {
        ...common,
        transport: planned.transport,
        headers: pairs.length === 0 ? undefined : pairs,
        query: query.length === 0 ? undefined : query,
      })
    : childProcess(
        plainTemplate(planned.head),
        planned.args.map((arg) => writer.text(answeredTemplate(arg, answers))),
        { ...common, env: pairs, cwd, envFile: planned.envFile },
      );
  const hosts = planned.isRemote && URL.canParse(head) ? [hostOf(new URL(head))] : [];
  return { manifest: withInstallTime(manifest), secrets: writer.secrets, hosts };
}
