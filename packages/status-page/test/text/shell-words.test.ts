/// <reference types="node" />
import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quoteAlways, quoteWord, toCtl, toCurl } from '../../src/text/shell-words.ts';

const word = fc.string({ minLength: 1 }).filter((text) => !text.includes('\0') && !/\p{Cs}/u.test(text));

/** Returns the words that a POSIX shell reads, separated by NUL. */
const shellWords = (text: string): string[] =>
  execFileSync('sh', ['-c', `for word in ${text}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

test('a shell reads each quoted word as it was', () => {
  const words = fc.sample(word, 200);
  expect(shellWords(words.map(quoteWord).join(' '))).toEqual(words);
  expect(shellWords(words.map(quoteAlways).join(' '))).toEqual(words);
});

const call = {
  origin: 'http://127.0.0.1:4707',
  cli: 'npx clarityctl',
  serviceId: 'svc_1',
  namespace: 'ledger',
  tool: "it's",
  args: '{"cents":12345678901234567890}',
  hasToken: true,
};

test('the curl command has the exact arguments, and the name of the variable of the token', () => {
  const text = toCurl(call);
  const words = shellWords(text.replaceAll('\\\n', ' ').replaceAll('$CLARITYD_AUTH_TOKEN', 'TOKEN'));
  expect(words).toEqual([
    'curl',
    '-sS',
    'http://127.0.0.1:4707/api/tools/call',
    '-H',
    'authorization: Bearer TOKEN',
    '-H',
    'content-type: application/json',
    '-d',
    `{"service":"svc_1","tool":"it's","arguments":{"cents":12345678901234567890}}`,
  ]);
  expect(toCurl({ ...call, hasToken: false })).not.toContain('TOKEN');
});

test('the clarityctl command names the tool and its arguments', () => {
  expect(shellWords(toCtl(call))).toEqual(['npx', 'clarityctl', 'call', "ledger/it's", '--args', call.args]);
});
