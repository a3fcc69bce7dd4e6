import { promises } from './requirement.ts';

/** Promises for the first hour of a new user, from an empty machine to a client that calls imported servers. */
export const firstHour = [
  ...promises('First hour', {
    'first-hour.01': '`up` on an empty home starts a detached daemon, prints page and endpoint, and imports nothing.',
    'first-hour.02': '`up` with a running daemon reports the same process and ends.',
    'first-hour.03':
      'An installation by npx works after npm has deleted its cache, for `up` and for entries of clients.',
    'first-hour.04': 'Of several bridges without a daemon one starts it, and all of them use it.',
    'first-hour.05': '`import --dry-run` shows every entry in one row, without a secret, and changes nothing.',
    'first-hour.06': '`import` without a terminal and without `--yes` ends with exit code 2 and changes nothing.',
    'first-hour.07': 'Imported tokens are in the secret store only.',
    'first-hour.08': 'One server of several clients is one service with one account, and two with two accounts.',
    'first-hour.09':
      'Disabled entries, inputs, unset variables and placeholders become disabled services until they have a value.',
    'first-hour.10': 'Files with a byte order mark, in UTF-16, with comments or with any names are imported.',
    'first-hour.11': 'A broken file is named with its place, and the other files are imported.',
    'first-hour.12': '`import --rewire` and `import undo` restore every file byte for byte.',
    'first-hour.13': 'An undo keeps an edit that was made since.',
    'first-hour.14': 'An interrupted import is offered to be undone or continued.',
    'first-hour.15':
      '`install` asks for required values, and without a terminal ends with the names of the missing ones.',
    'first-hour.16': '`install` refuses a shell in a document and passes every argument as one word.',
    'first-hour.17': '`install` refuses a bundle with a path out of it or with another digest.',
    'first-hour.18': '`add --replace` keeps policy, labels and history, and the old id still resolves.',
    'first-hour.19': 'A replacement that is interrupted leaves exactly one service of the name.',
    'first-hour.20': '`set` stores a secret under the same id, starts the service again and shows the value nowhere.',
    'first-hour.21': 'A slow start is ready, and a silent one fails at its idle limit with that limit in the text.',
    'first-hour.22': 'A child gets the listed variables of the daemon and no other.',
    'first-hour.23': 'Placeholders of the runtime are expanded, and others are passed as written with a warning.',
    'first-hour.24': 'Headers and parameters from secrets reach the remote service and no answer of the runtime.',
    'first-hour.25': 'A remote service with a private CA is reached with its certificate only.',
    'first-hour.26': 'Remote services use the proxy of the environment, and loopback addresses and NO_PROXY do not.',
    'first-hour.27': 'A service that waits for the network is never quarantined and starts when the network is back.',
    'first-hour.28': 'An unknown package is quarantined at once, and an absent network is waited for.',
    'first-hour.29': 'A crash that the runtime provoked does not quarantine a service.',
    'first-hour.30': 'A start, a restart and a refresh are one process each.',
    'first-hour.31': 'A child that closes its streams is lost and started again, and the daemon lives.',
    'first-hour.32': 'At 80 columns no line of a table is wider and every name is whole.',
    'first-hour.33': 'The output on a pipe is JSON, and `-o` chooses YAML, names or a path.',
    'first-hour.34':
      '`call` converts arguments by the schema, names the nearest key, and exits with 1 for an error of the tool.',
    'first-hour.35': '`logs -f` of several services is filtered, shows new lines and ends with Ctrl-C.',
    'first-hour.36':
      '`doctor` names each problem with a group and a repair, exits with 1, and `--fix` ends leftover processes.',
    'first-hour.37': 'Completion has the names of services and tools, and is empty without a daemon.',
    'first-hour.38':
      '`plan --exit-code` ends with 5, `apply` converges, and the output of `export` is a plan without changes.',
    'first-hour.39':
      '`apply --watch` keeps the state while the file is broken and applies it once when it is repaired.',
    'first-hour.40': 'Programs, variables and paths follow the rules of Windows there.',
  }),
];
