import { expect, test } from '@jest/globals';
import { toolCost } from '../../src/command-support/tool-cost.ts';
import { contextOf } from '../../src/commands/doctor-context.ts';

const tools = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `docs__tool${String(at)}` }));

test('D6 the estimate names services and the largest tools, and clients that use fewer tools', () => {
  const large = { name: 'mail__send', description: 'x'.repeat(400) };
  expect(contextOf(toolCost([...tools(9), large], ['docs', 'mail']))).toMatch(
    /^10 tools, about \d+ tokens for each client; by service: mail 1\d\d, docs \d+; largest: mail__send 1\d\d, /,
  );
  expect(() => contextOf(toolCost(tools(101), ['docs']))).toThrow(
    /more tools than Cursor \(40\), Windsurf \(100\) use$/,
  );
  expect(() => contextOf(toolCost(tools(40), ['docs']))).not.toThrow();
});
