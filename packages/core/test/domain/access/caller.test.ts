import { expect, test } from '@jest/globals';
import { isModel, type Door } from '../../../src/domain/access/caller.ts';

test('isModel returns true for the doors mcp and stdio only', () => {
  const doors: readonly Door[] = ['http', 'mcp', 'stdio', 'embedded', 'boot'];
  expect(doors.filter((door) => isModel({ door }))).toEqual(['mcp', 'stdio']);
});
