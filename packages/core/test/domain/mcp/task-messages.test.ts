import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { createdTask, requiresTask, taskOf, withTaskId } from '../../../src/domain/mcp/task-messages.ts';

const json = (value: unknown): RawJson => RawJson.of(value);

describe('createdTask', () => {
  test('reads the task of both eras, and of nothing else', () => {
    const legacy = { task: { taskId: 'a', status: 'working', ttl: 60_000 } };
    const modern = { resultType: 'task', taskId: 'b', status: 'completed', ttlMs: null };
    expect(createdTask(json(legacy))).toEqual({ ownId: 'a', isEnded: false, ttlMs: 60_000 });
    expect(createdTask(json(modern))).toEqual({ ownId: 'b', isEnded: true });
    for (const other of [
      { content: [] },
      { taskId: 'c' },
      { resultType: 'complete', taskId: 'c' },
      { task: 'x' },
      { task: { taskId: '' } },
    ])
      expect(createdTask(json(other))).toBeUndefined();
  });

  test('law: a foreign result is a task or is not, and never throws', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('task', 'taskId', 'resultType', 'status', 'ttl'), fc.jsonValue()),
        (given) => {
          const found = createdTask(json(given));
          expect(found === undefined || found.ownId.length > 0).toBe(true);
          taskOf(json(given));
        },
      ),
    );
  });
});

describe('withTaskId', () => {
  test('changes the id of the task and of the marks, and no other byte', () => {
    const given = {
      taskId: 'own',
      task: { taskId: 'own' },
      content: [{ text: 'taskId own' }],
      structuredContent: { taskId: 'own' },
      _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'own' } },
      result: {
        structuredContent: { taskId: 'own' },
        _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'own' } },
      },
    };
    const mark = { 'io.modelcontextprotocol/related-task': { taskId: 'ours' } };
    expect(withTaskId(json(given), 'ours').value).toEqual({
      ...given,
      taskId: 'ours',
      task: { taskId: 'ours' },
      _meta: mark,
      result: { ...given.result, _meta: mark },
    });
    const other = json({ content: [] });
    expect(withTaskId(other, 'ours')).toBe(other);
  });
});

test('requiresTask is true only for execution.taskSupport required', () => {
  expect(requiresTask(json({ name: 'a', execution: { taskSupport: 'required' } }))).toBe(true);
  for (const other of [{ execution: { taskSupport: 'optional' } }, { description: '"taskSupport": required' }, {}])
    expect(requiresTask(json(other))).toBe(false);
});
