import { expect, test } from '@jest/globals';
import { auditEvent, routes } from '@clarity-runtime/api-contract';
import { readReply } from '../../src/api/read-reply.ts';

const event = { seq: 1, id: 'a', at: '2026-01-01T00:00:00Z', kind: 'service.started', level: 'info', message: 'm' };

test('readReply returns the same value, with members that the contract does not name', () => {
  const newer = { newer: { of: 'a later version' }, ...event };
  expect(readReply(auditEvent, newer)).toBe(newer);
});

test('readReply accepts a value that the contract does not list in an enumeration', () => {
  const newer = { ...event, level: 'debug' };
  expect(readReply(auditEvent, newer)).toBe(newer);
});

test('readReply accepts a key that the contract does not list in a record', () => {
  const record = routes.getStatus.reply.unwrap().shape.refusals;
  const counts = Object.fromEntries(record.keyType.options.map((name) => [name, 0]));
  expect(readReply(record, { ...counts, 'newer.limit': 1 })).toHaveProperty(['newer.limit'], 1);
});

test('readReply returns undefined when a member is absent or has another type', () => {
  const without = Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'seq'));
  expect(readReply(auditEvent, without)).toBeUndefined();
  expect(readReply(auditEvent, { ...event, level: 3 })).toBeUndefined();
  expect(readReply(auditEvent, '<html>')).toBeUndefined();
});
