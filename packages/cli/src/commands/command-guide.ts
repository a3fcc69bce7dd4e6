import type { GuideGroup } from '../arguments/command-grammar.ts';

/** Groups, short descriptions and examples of all commands in the help. A command line in an example has no program name. */
export const commandGuide: readonly GuideGroup[] = [
  {
    title: 'Start here',
    commands: {
      up: ['start the daemon in the background and open its page', 'up', 'up --port 4800 --no-open', 'up --restart'],
      import: ['move the servers of your AI clients in', 'import --dry-run', 'import --rewire', 'import undo'],
      install: [
        'install a server from a file, a registry or a bundle',
        'install ./server.json',
        'install ./server.mcpb',
      ],
      add: [
        'add a program, a URL, a source or a module, and start it',
        'add github -- npx -y @modelcontextprotocol/server-github',
        "add https://mcp.example.com/mcp --header 'X-Team: core'",
        'add ./hello.clarity',
        'add github --replace -- npx -y @acme/github-mcp',
      ],
      bootstrap: [
        'let AI clients use this gateway',
        'bootstrap --dry-run',
        'bootstrap --clients cursor',
        'bootstrap status',
      ],
      doctor: ['say what is wrong and how to repair it', 'doctor', 'doctor github', 'doctor --fix'],
    },
  },
  {
    title: 'Services',
    commands: {
      list: [
        'list services',
        'list',
        'list --status failing,quarantined',
        "list 'git*' --sort status -o wide",
        'list --watch',
        'list -o name',
      ],
      describe: ['show one service with its tools, logs and events', 'describe github', 'describe github -o yaml'],
      details: ['same as describe', 'details github'],
      start: ['start a service', 'start github'],
      stop: ['stop a service', 'stop github'],
      restart: ['stop a service and start it again', 'restart github'],
      set: [
        'change settings of a service',
        'set github env.GITHUB_TOKEN=@-',
        'set github start.timeout=2m',
        'set search url=https://mcp.example.com/mcp',
        'set github env.LOG=',
      ],
      edit: ['change the manifest of a service in your editor', 'edit github'],
      enable: ['enable a service and start it', 'enable github'],
      disable: ['stop a service and keep it from being started', 'disable github'],
      rename: ['give a service another name', 'rename server-github github'],
      remove: ['stop and delete a service', 'remove github'],
      unquarantine: ['lift the quarantine of a service', 'unquarantine github', 'unquarantine github --start'],
    },
  },
  {
    title: 'Tools',
    commands: {
      call: [
        'call a tool',
        'call files read_file path=/tmp/a.txt',
        'call files__read_file path=/tmp/a.txt limit:=3',
        `call github__search --args '{"query":"mcp"}'`,
        'call github__search --help',
      ],
      tools: ['list tools as clients see them', 'tools', 'tools github'],
      resources: ['list resources as clients see them', 'resources', 'resources files'],
      prompts: ['list prompts as clients see them', 'prompts', 'prompts github'],
      inspect: ['show the arguments and the size of a tool', 'inspect files__read_file'],
      explain: ['say why a tool is visible, hidden or denied', 'explain github__delete_repo'],
      cost: ['estimate the tokens that a client pays for the tools', 'cost'],
      diff: ['show what changed in the tools of a service', 'diff github'],
      accept: ['accept the current tools of a service', 'accept github', 'accept github create_issue'],
      introspect: ['read the tools of a running service again', 'introspect github'],
      interface: ['show the last tools that were read', 'interface github'],
    },
  },
  {
    title: 'Watch',
    commands: {
      status: ['show the state of the daemon and its services', 'status'],
      logs: [
        'show log lines of services',
        'logs github',
        'logs github search --follow --level error',
        "logs github --since 10m --grep 'rate limit'",
      ],
      events: ['show what happened to services', 'events', 'events github --follow'],
      audit: ['show, verify or export the audit log', 'audit', 'audit verify'],
    },
  },
  {
    title: 'Access',
    commands: {
      auth: [
        'log in to services and manage their secrets',
        'auth login linear',
        'auth status',
        'auth set-secret file:github',
      ],
      policy: ['show the policy of a service, or test it with a call', 'policy show github'],
      approvals: ['answer registrations that were asked for over MCP', 'approvals list', 'approvals approve 3'],
      token: ['manage the access tokens of clients', 'token list', 'token create ci', 'token revoke ci'],
      profile: ['manage views of services and tools for clients', 'profile list', 'profile show work'],
      tenant: ['manage the tenants of the daemon', 'tenant list', 'tenant create team-a'],
      trust: ['allow the services of a copied workspace', 'trust', 'trust list'],
    },
  },
  {
    title: 'Files',
    commands: {
      plan: ['show what apply would change', 'plan', 'plan -f services.yaml --exit-code'],
      apply: ['apply a clarity.yaml or manifests', 'apply', 'apply -f clarity.yaml --yes --prune', 'apply --watch'],
      export: ['print all services for apply', 'export', 'export -o yaml'],
      schema: ['print the JSON Schema of clarity.yaml', 'schema clarity.yaml'],
      completion: ['print the completion script of a shell', 'completion bash', 'completion zsh', 'completion fish'],
    },
  },
  {
    title: 'Daemon',
    commands: {
      down: ['stop the daemon', 'down'],
      daemon: ['check or stop the daemon', 'daemon status', 'daemon stop'],
      service: ['start the daemon at login', 'service install', 'service status', 'service uninstall'],
      upgrade: ['install another version and restart the daemon', 'upgrade', 'upgrade --rollback'],
      uninstall: ['take the gateway out of all clients and delete it', 'uninstall'],
      gateway: ['connect a client to the daemon by standard streams', 'gateway serve --stdio'],
      store: ['manage the database of several daemons', 'store check', 'store upgrade'],
      'bootstrap-remove': ['take this gateway out of AI clients', 'bootstrap-remove'],
    },
  },
  {
    title: 'Older forms of add',
    commands: {
      'add-all': ['add all Clarity sources of a folder', 'add-all ./sources'],
      'add-remote': ['register a URL', 'add-remote --endpoint https://mcp.example.com/mcp --module search'],
      'add-process': ['register a program', 'add-process github -- npx -y @acme/github-mcp'],
      'add-local': ['register a compiled module', 'add-local --wasm ./hello.wasm'],
      'start-source': ['add a source', 'start-source --source ./hello.clarity'],
    },
  },
];
