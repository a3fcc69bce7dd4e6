import { expect, test } from '@jest/globals';
import type { AuditEvent } from '@clarity-runtime/core';
import { CHAIN_START, EventRing, linkOver } from '@clarity-runtime/core/audit-chain';

/** Adds calls with a link each. Returns the hash of the first link. */
function fill(ring: EventRing, count: number): string {
  let first = CHAIN_START;
  for (let seq = ring.lastSeq + 1, end = seq + count; seq < end; seq += 1) {
    const event = { at: '2026-01-01T00:00:00.000Z', kind: 'service.tool_called', level: 'info', message: 'm', seq };
    const json = JSON.stringify(event);
    ring.push(event as unknown as AuditEvent, json);
    const link = linkOver(ring.head, [{ seq, json }], 2);
    ring.link(link);
    if (seq === 1) first = link.hash;
  }
  return first;
}

test.each([true, false])('T-470 retention merges dropped links; a kept one stays: %s', (isKept) => {
  const ring = new EventRing('s', 8 * 1024);
  const hash = fill(ring, 1);
  if (isKept) ring.keepLinks([hash]);
  fill(ring, 5_000);
  expect(ring.links().length).toBeLessThan(3_000);
  expect(ring.hasLink(hash)).toBe(isKept);
});
