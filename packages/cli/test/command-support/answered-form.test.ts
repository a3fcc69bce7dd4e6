import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answeredForm } from '../../src/command-support/answered-form.ts';

/** Answers the questions in order; the input ends behind the last answer. */
async function asked(params: unknown, ...answers: readonly string[]) {
  const prompts: string[] = [];
  const said: string[] = [];
  const left = [...answers];
  const reply = await answeredForm(params, {
    service: 'files',
    say: (text) => said.push(text),
    ask: (prompt) => {
      prompts.push(prompt);
      const next = left.shift();
      return next === undefined ? Promise.reject(new Error('ended')) : Promise.resolve(next);
    },
  });
  return { reply, prompts, said };
}

const form = (properties: object, required: readonly string[] = []) => ({
  message: 'Who are you?',
  requestedSchema: { type: 'object', properties, required },
});

test('a form asks each field with its type, default and choices', async () => {
  const properties = {
    name: { type: 'string', title: 'Name', description: 'first name' },
    age: { type: 'integer', minimum: 0, default: 7 },
    color: { type: 'string', enum: ['red', 'blue'] },
    tags: { type: 'array', items: { anyOf: [{ const: 'a', title: 'Alpha' }, { const: 'b' }] } },
    sure: { type: 'boolean' },
    note: { type: 'string' },
  };
  const { reply, prompts, said } = await asked(form(properties, ['name', 'sure']), 'Ada', '', '2', '1,b', 'y', '', 'y');
  expect(reply).toEqual({
    action: 'accept',
    content: { name: 'Ada', age: 7, color: 'blue', tags: ['a', 'b'], sure: true },
  });
  expect(prompts[0]).toBe('Name (first name): ');
  expect(prompts[1]).toBe('age [7] (optional): ');
  expect(said[0]).toBe('Who are you?');
});

test('a wrong value is asked again at most three times, and then the answer is a refusal', async () => {
  const age = form({ age: { type: 'integer', minimum: 1, maximum: 9 } }, ['age']);
  expect((await asked(age, 'x', '10', '3', 'y')).reply).toEqual({ action: 'accept', content: { age: 3 } });
  expect((await asked(age, 'x', '10', '1.5')).reply).toEqual({ action: 'decline' });
});

test.each([
  ['an end of the input', form({ a: { type: 'string' } }), [], 'cancel'],
  ['no confirmation', form({ a: { type: 'string' } }), ['x', 'n'], 'decline'],
  ['a URL', { mode: 'url', message: 'open', url: 'https://a.example' }, ['y'], 'decline'],
  ['no form', { message: 'x' }, ['y'], 'decline'],
] as const)('%s answers with %s', async (_, params, answers, action) => {
  expect((await asked(params, ...answers)).reply).toEqual({ action });
});

test('T-542 no question of a service breaks the terminal, hangs or throws', async () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record({
      message: fc.string(),
      requestedSchema: fc.record({ properties: fc.dictionary(fc.string(), fc.anything()), required: fc.anything() }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(anything, fc.array(fc.string(), { maxLength: 40 }), async (params, answers) => {
      const { reply, prompts, said } = await asked(params, ...answers);
      expect(['accept', 'decline', 'cancel']).toContain(reply.action);
      // eslint-disable-next-line no-control-regex -- control characters are what the test looks for
      expect([...prompts, ...said].join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }),
    { numRuns: 200 },
  );
});
