import { expect, test } from '@jest/globals';
import { canMeanLostSession, lostSessionIn, type Refusal } from '../../../src/outbound/http/lost-session.ts';

const failure = (status: number, text: string, code?: number, isUnaddressed = false): Refusal => ({
  status,
  text,
  isUnaddressed,
  rpc: code === undefined ? undefined : { code, message: text },
});

test.each<[number, string, number?]>([
  [400, 'Bad Request: No valid session ID provided', -32000],
  [400, 'Bad Request: Server not initialized', -32000],
  [400, 'Session not found or expired', -32600],
  [400, 'Missing session ID'],
  [400, 'Invalid or missing Mcp-Session-Id header', -32602],
  [400, 'No transport found for sessionId'],
  [400, 'no active transport'],
  [400, 'Received request before initialization was complete', -32602],
  [400, 'Client must reinitialize'],
  [400, ''],
  [401, 'session expired'],
  [403, 'Unknown session'],
  [404, ''],
  [404, 'anything'],
  [409, 'stale session'],
  [410, ''],
  [422, 'The session does not exist'],
  [440, ''],
  [500, 'Error: Session abc not found'],
  [503, 'session terminated'],
])('lost-session: status %d with %j can mean a lost session', (status, text, ...[code]) => {
  expect(canMeanLostSession(failure(status, text, code))).toBe(true);
});

test.each<[number, string, number?]>([
  [400, 'Invalid arguments: a must be a number', -32602],
  [400, 'unknown tool', -32602],
  [404, 'Method not found', -32601],
  [401, 'invalid_token'],
  [403, 'forbidden'],
  [429, 'too many sessions'],
  [500, 'database down'],
  [503, ''],
])('lost-session: status %d with %j does not mean a lost session', (status, text, ...[code]) => {
  expect(canMeanLostSession(failure(status, text, code))).toBe(false);
});

test('lost-session: status 400 for no request in any language can mean a lost session', () => {
  expect(canMeanLostSession(failure(400, 'Sitzung unbekannt', -32000, true))).toBe(true);
  expect(canMeanLostSession(failure(400, 'Sitzung unbekannt', -32000))).toBe(false);
});

test('lost-session: an error response that names an unknown session is found, and no other message', () => {
  const error = (message: string): Uint8Array =>
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32001, message } }));
  expect(lostSessionIn(error('Session not found'))).toBe('Session not found');
  expect(lostSessionIn(error('session storage is slow'))).toBeUndefined();
  expect(lostSessionIn(error('file not found'))).toBeUndefined();
  const result = { jsonrpc: '2.0', id: 1, result: { text: '"error": session not found' } };
  expect(lostSessionIn(Buffer.from(JSON.stringify(result)))).toBeUndefined();
  expect(lostSessionIn(error(`session not found ${'x'.repeat(3_000)}`))).toBeUndefined();
});
