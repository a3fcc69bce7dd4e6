import { createInterface } from 'node:readline';
import { contractAnswer } from '@clarity-runtime/core/testing';

/**
 * An MCP server on standard streams that replies as the connector contract requires, with one write per request.
 * Modes: `modern`, `legacy`, `picky` (exits on `server/discover`), `mute` (does not reply to `server/discover`).
 */
const [mode = 'legacy', ...rest] = process.argv.slice(2);
const info = { name: 'fixture', version: '1.0.0' };
const capabilities = { tools: { listChanged: true } };

interface Asked {
  readonly id?: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const write = (...messages: readonly string[]): void => {
  process.stdout.write(messages.map((message) => `${message}\n`).join(''));
};
const reply = (id: unknown, result: string): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
const refuse = (id: unknown, error: object): string => JSON.stringify({ jsonrpc: '2.0', id, error });
const notice = (method: string, params: object = {}): string => JSON.stringify({ jsonrpc: '2.0', method, params });

/** Handles the tools of this fixture that the contract does not have. Returns false for any other request. */
function special({ id, method, params }: Asked): boolean {
  switch (method === 'tools/call' ? params['name'] : method) {
    case 'environment':
      write(reply(id, JSON.stringify({ env: process.env, cwd: process.cwd(), args: rest })));
      return true;
    case 'exit':
      process.exit((params['arguments'] as { code: number }).code);
      break;
    case 'noise':
      write('no json at all', '', '[]', '{"jsonrpc":"2.0","id":999999,"result":{}}', reply(id, '{"content":[]}'));
      return true;
    case 'both':
      write(JSON.stringify({ jsonrpc: '2.0', id, result: {}, error: { code: 1, message: 'x' } }));
      return true;
    case 'flood':
      process.stdout.write(`{"jsonrpc":"2.0","id":${String(id)},"result":{"content":"${'x'.repeat(8_000_000)}"}}\n`);
      return true;
    case 'changed':
      write(notice('notifications/tools/list_changed'), reply(id, '{"content":[]}'));
      return true;
    case 'complain':
      process.stderr.write(
        `first line\n\u001b[31mred\u001b[0m ${process.env['SECRET'] ?? ''}\n${'y'.repeat(10_000)}\nlast\n`,
      );
      write(reply(id, '{"content":[]}'));
      return true;
    case 'ask':
      write(
        JSON.stringify({ jsonrpc: '2.0', id: 'q', method: 'sampling/createMessage', params: {} }),
        JSON.stringify({ jsonrpc: '2.0', id: 'p', method: 'ping' }),
      );
      asking = id;
      return true;
    default:
      return false;
  }
  return false;
}
let asking: unknown;
const answers: unknown[] = [];

function handle(line: string): void {
  const message = JSON.parse(line) as Partial<Asked>;
  if (message.method === undefined) {
    answers.push(message);
    if (answers.length === 2) write(reply(asking, JSON.stringify({ answers })));
    return;
  }
  const { id, method, params = {} } = message;
  if (method === 'notifications/cancelled') process.stderr.write(`cancelled ${String(params['requestId'])}\n`);
  if (id === undefined) return;
  if (method === 'server/discover') {
    if (mode === 'picky') process.exit(7);
    if (mode === 'mute') return;
    const result = { supportedVersions: ['2026-07-28'], capabilities, resultType: 'complete', ttlMs: 0 };
    const _meta = { 'io.modelcontextprotocol/serverInfo': info };
    write(
      mode === 'modern' ? reply(id, JSON.stringify({ ...result, _meta })) : refuse(id, { code: -32601, message: 'no' }),
    );
  } else if (method === 'initialize' && mode !== 'modern') {
    write(reply(id, JSON.stringify({ protocolVersion: '2025-11-25', capabilities, serverInfo: info })));
  } else if (method === 'subscriptions/listen') {
    write(notice('notifications/subscriptions/acknowledged', params));
  } else if (!special({ id, method, params })) {
    const { before, result, error } = contractAnswer(method, params);
    if (result !== undefined) write(...before, reply(id, result));
    else if (error !== undefined) write(refuse(id, error));
  }
}

createInterface({ input: process.stdin }).on('line', handle);
process.stdin.on('end', () => {
  if (mode === 'stubborn') setInterval(() => undefined, 1_000);
  else process.exit(0);
});
if (mode === 'stubborn') process.on('SIGTERM', () => undefined);
