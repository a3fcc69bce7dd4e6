/** Programs that execute their arguments: in an allow-list they would allow every command. */
const INTERPRETERS: ReadonlySet<string> = new Set(
  (
    'sh bash zsh dash ash ksh fish csh tcsh busybox env node nodejs deno bun tsx npx bunx python perl ruby php lua luajit ' +
    'tclsh wish expect awk gawk mawk sed find xargs make cmake ninja git ssh scp rsync nc socat su sudo doas runuser ' +
    'setsid nohup timeout time nice ionice stdbuf script screen tmux watch strace gdb vim vi ed emacs less man ' +
    'pwsh powershell cmd cscript wscript mshta osascript java groovy scala julia Rscript erl guile ld.so docker podman kubectl'
  ).split(' '),
);
const VERSIONED = /^(python|perl|ruby|php|lua|node)[\d.]+$/i;
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
const FLAGS: ReadonlySet<string> = new Set([
  '-y',
  '--yes',
  '-q',
  '--quiet',
  '--no-install-recommends',
  '-g',
  '--global',
]);
/** A subcommand or the name of a package, never a path, a URL or an option with a value. */
const WORD = /^@?[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)?(@[A-Za-z0-9][A-Za-z0-9._+-]*)?$/;

const isInterpreter = (name: string): boolean => {
  const bare = name.toLowerCase().replace(/\.(exe|cmd|bat|com)$/, '');
  return [...INTERPRETERS].some((known) => known.toLowerCase() === bare) || VERSIONED.test(bare);
};

/** Returns the usable entries of an allow-list: program names without a path that are not interpreters. */
export const allowedInstallers = (allowlist: readonly string[]): readonly string[] =>
  allowlist.filter((name) => PLAIN_NAME.test(name) && !isInterpreter(name));

/** Returns the reason why a command is not allowed; undefined if it is allowed. */
export function installerProblem(command: readonly string[], allowlist: readonly string[]): string | undefined {
  const [program = '', ...args] = command;
  const allowed = allowedInstallers(allowlist);
  if (allowed.length === 0) return 'CLARITY_COMPILER_INSTALL_ALLOWLIST names no program that may be run';
  if (!allowed.includes(program)) return 'the program is not in CLARITY_COMPILER_INSTALL_ALLOWLIST';
  const odd = args.find((arg) => !FLAGS.has(arg) && !WORD.test(arg));
  return odd === undefined ? undefined : 'its arguments may be subcommands, names of packages and -y';
}
