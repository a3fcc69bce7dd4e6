import {
  accepted,
  form,
  Needed,
  ROOTS,
  saidBy,
  sampling,
  text,
  textProperties,
  tool,
  type Fixture,
  type Json,
  type Question,
  type Running,
} from './fixture.ts';

const option = (title: string, name: string): Json => ({ const: name, title });
const ENUMS = {
  untitledSingle: { type: 'string', description: 'Select one option', enum: ['option1', 'option2', 'option3'] },
  titledSingle: {
    type: 'string',
    description: 'Select one option with titles',
    oneOf: [option('First Option', 'value1'), option('Second Option', 'value2'), option('Third Option', 'value3')],
  },
  legacyEnum: {
    type: 'string',
    description: 'Select one option (legacy)',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: {
    type: 'array',
    description: 'Select multiple options',
    minItems: 1,
    maxItems: 3,
    items: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  },
  titledMulti: {
    type: 'array',
    description: 'Select multiple options with titles',
    minItems: 1,
    maxItems: 3,
    items: {
      anyOf: [option('First Choice', 'value1'), option('Second Choice', 'value2'), option('Third Choice', 'value3')],
    },
  },
};
const DEFAULTS = {
  name: { type: 'string', description: 'User name', default: 'John Doe' },
  age: { type: 'integer', description: 'User age', default: 30 },
  score: { type: 'number', description: 'User score', default: 95.5 },
  status: { type: 'string', description: 'User status', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', description: 'Verification status', default: true },
};

const asked = async ({ request }: Running, question: Question, said: string): Promise<Json> => {
  const { action, content } = await request(question);
  return text(`${said}: action=${String(action)}, content=${JSON.stringify(content ?? {})}`);
};

const NAME = { name: { type: 'string' } };
const CONFIRM = { confirm: form('Please confirm', { ok: { type: 'boolean' } }) };

/** Returns whether the call is a repetition with its state and a response. */
const isConfirmed = ({ answers, state }: Running, k: string): boolean =>
  state()?.['k'] === k && answers['confirm'] !== undefined;

/** Tools of the official suite that send requests to the client, during the call or before the result. */
export const askingTools: readonly Fixture[] = [
  tool(
    'test_sampling',
    async ({ prompt }, { request }) => text(`LLM response: ${saidBy(await request(sampling(String(prompt), 100)))}`),
    textProperties('prompt'),
  ),
  tool(
    'test_elicitation',
    ({ message }, running) => {
      const username = { type: 'string', description: "User's response" };
      const email = { type: 'string', description: "User's email address" };
      return asked(running, form(String(message), { username, email }), 'User response');
    },
    textProperties('message'),
  ),
  tool('test_elicitation_sep1034_defaults', (_, running) =>
    asked(running, form('Please review the form fields', DEFAULTS, []), 'Elicitation completed'),
  ),
  tool('test_elicitation_sep1330_enums', (_, running) =>
    asked(running, form('Please select options', ENUMS, []), 'Elicitation completed'),
  ),
  tool('test_missing_capability', (_, { answers }) =>
    answers['llm'] === undefined ? new Needed({ llm: sampling('Say pong', 16) }) : text('sampled'),
  ),
  tool('test_input_required_result_elicitation', (_, { answers }) => {
    const name = accepted(answers['user_name'], 'name');
    return name === undefined ? new Needed({ user_name: form('What is your name?', NAME) }) : text(`Hello, ${name}!`);
  }),
  tool('test_input_required_result_sampling', (_, { answers: { capital_question: answer } }) =>
    answer === undefined
      ? new Needed({ capital_question: sampling('What is the capital of France?', 100) })
      : text(`Answer: ${saidBy(answer)}`),
  ),
  tool('test_input_required_result_list_roots', (_, { answers: { client_roots: answer } }) =>
    answer === undefined ? new Needed({ client_roots: ROOTS }) : text(`Roots: ${JSON.stringify(answer['roots'])}`),
  ),
  tool('test_input_required_result_request_state', async (_, running) =>
    isConfirmed(running, 'rs') ? text('state-ok') : new Needed(CONFIRM, await running.seal({ k: 'rs' })),
  ),
  tool('test_input_required_result_tampered_state', async (_, running) =>
    isConfirmed(running, 'tamper') ? text('integrity-ok') : new Needed(CONFIRM, await running.seal({ k: 'tamper' })),
  ),
  tool('test_input_required_result_multiple_inputs', async (_, { answers, seal }) => {
    const { user_name, greeting, client_roots } = answers;
    if (user_name !== undefined && greeting !== undefined && client_roots !== undefined)
      return text(`all inputs: ${Object.keys(answers).join(',')}`);
    const requests = {
      user_name: form('What is your name?', NAME),
      greeting: sampling('Generate a greeting', 50),
      client_roots: ROOTS,
    };
    return new Needed(requests, await seal({ k: 'multi' }));
  }),
  tool('test_input_required_result_multi_round', async (_, { answers, state, seal }) => {
    const { round, name } = state() ?? {};
    const given = accepted(answers['step1'], 'name');
    const color = accepted(answers['step2'], 'color');
    if (round === 2 && color !== undefined) return text(`Multi-round complete for ${String(name)} who likes ${color}`);
    if (round === 1 && given !== undefined) {
      const step2 = form('Step 2: What is your favorite color?', { color: { type: 'string' } });
      return new Needed({ step2 }, await seal({ round: 2, name: given }));
    }
    return new Needed({ step1: form('Step 1: What is your name?', NAME) }, await seal({ round: 1 }));
  }),
  tool('test_input_required_result_capabilities', async (_, { answers, capabilities, seal }) => {
    if (Object.keys(answers).length > 0) return text(`capabilities-ok: ${Object.keys(answers).join(',')}`);
    const requests = {
      ...('elicitation' in capabilities ? { elicit_input: form('Elicitation input', NAME) } : {}),
      ...('sampling' in capabilities ? { sample_input: sampling('Sample request', 50) } : {}),
    };
    return Object.keys(requests).length === 0
      ? text('No supported capabilities declared')
      : new Needed(requests, await seal({ k: 'caps' }));
  }),
];
