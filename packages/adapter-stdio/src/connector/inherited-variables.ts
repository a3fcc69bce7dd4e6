/** Variables of the daemon that a child inherits by default: paths, language, proxies and certificates. */
const SAFE = new Set(
  `HOME LOGNAME PATH SHELL TERM USER LANG TZ TMPDIR DISPLAY WAYLAND_DISPLAY XAUTHORITY
  HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
  NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE
  DOCKER_HOST KUBECONFIG NVM_DIR VOLTA_HOME ASDF_DIR PYENV_ROOT JAVA_HOME`.split(/\s+/),
);
const SAFE_PREFIX = /^(LC_|XDG_)/;
/** Names without which programs of Windows do not start; compared without case. */
const WINDOWS = new Set(
  `PATH PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC TEMP TMP APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES
  PROGRAMFILES(X86) PROGRAMW6432 COMMONPROGRAMFILES USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH
  NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE OS`.split(/\s+/),
);
const LEAST = new Set(['PATH', 'HOME']);
/** Variables of the runtime itself, which no child inherits in any mode. */
const OWN = /^CLARITY/i;

/** `none`: PATH, HOME and the system names of Windows. `safe`: the documented list. `all`: all but those of the runtime. */
export type InheritMode = 'none' | 'safe' | 'all';

/** The variables to inherit from, and the changes of the operator to the safe list. */
export interface InheritedFrom {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names that are added to the safe list; a name after `-` is removed from it. */
  readonly changes?: readonly string[];
  readonly platform?: string;
}

/** Returns whether no child may inherit a variable. */
export const isRuntimeVariable = (name: string): boolean => OWN.test(name);

/** Returns the variables that a child inherits in a mode. */
export function inheritedVariables(
  mode: InheritMode,
  { environment, changes = [], platform = process.platform }: InheritedFrom,
): Record<string, string> {
  const added = new Set(changes.filter((name) => !name.startsWith('-')));
  const removed = new Set(changes.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const isInherited = (name: string): boolean => {
    if (isRuntimeVariable(name)) return false;
    if (mode === 'all') return true;
    if (platform === 'win32' && WINDOWS.has(name.toUpperCase())) return true;
    if (mode === 'none') return LEAST.has(name);
    return (SAFE.has(name) || SAFE_PREFIX.test(name) || added.has(name)) && !removed.has(name);
  };
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isInherited(name)) inherited[name] = value;
  }
  return inherited;
}
