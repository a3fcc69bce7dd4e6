import { accepted, form, Needed, PNG, type Fixture, type Json, type Run } from './fixture.ts';

const STATIC = 'test://static-text';
const BINARY = 'test://static-binary';
const WATCHED = 'test://watched-resource';

export const resources: readonly Json[] = [
  { uri: STATIC, name: 'Static Text Resource', description: 'A static text resource', mimeType: 'text/plain' },
  { uri: BINARY, name: 'Static Binary Resource', description: 'A static binary resource', mimeType: 'image/png' },
  { uri: WATCHED, name: 'Watched Resource', description: 'Can be subscribed to', mimeType: 'text/plain' },
];

export const resourceTemplates: readonly Json[] = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'Template Resource',
    description: 'Has a parameter',
    mimeType: 'application/json',
  },
];

/** Returns undefined for an unknown URI. */
export function readResource(uri: string): Json | undefined {
  const contents = (content: Json): Json => ({ contents: [{ uri, ...content }] });
  if (uri === STATIC)
    return contents({ mimeType: 'text/plain', text: 'This is the content of the static text resource.' });
  if (uri === BINARY) return contents({ mimeType: 'image/png', blob: PNG });
  if (uri === WATCHED) return contents({ mimeType: 'text/plain', text: 'Watched resource content' });
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id === undefined) return undefined;
  const data = { id, templateTest: true, data: `Data for ID: ${id}` };
  return contents({ mimeType: 'application/json', text: JSON.stringify(data) });
}

const prompt = (name: string, run: Run, ...args: readonly string[]): Fixture => ({
  definition: {
    name,
    description: `The fixture ${name}`,
    ...(args.length === 0
      ? {}
      : { arguments: args.map((arg) => ({ name: arg, description: `The argument ${arg}`, required: true })) }),
  },
  run,
});

const says = (...contents: readonly Json[]): Json => ({
  messages: contents.map((content) => ({ role: 'user', content })),
});
const said = (text: string): Json => ({ type: 'text', text });

export const prompts: readonly Fixture[] = [
  prompt('test_simple_prompt', () => says(said('This is a simple prompt for testing.'))),
  prompt(
    'test_prompt_with_arguments',
    ({ arg1, arg2 }) => says(said(`Prompt with arguments: arg1='${String(arg1)}', arg2='${String(arg2)}'`)),
    'arg1',
    'arg2',
  ),
  prompt(
    'test_prompt_with_embedded_resource',
    ({ resourceUri: uri }) => {
      const resource = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
      return says({ type: 'resource', resource }, said('Please process the embedded resource above.'));
    },
    'resourceUri',
  ),
  prompt('test_prompt_with_image', () =>
    says({ type: 'image', data: PNG, mimeType: 'image/png' }, said('Please analyze the image above.')),
  ),
  prompt('test_input_required_result_prompt', (_, { answers }) => {
    const context = accepted(answers['user_context'], 'context');
    const question = form('What context should the prompt use?', { context: { type: 'string' } });
    return context === undefined
      ? new Needed({ user_context: question })
      : says(said(`Use the following context: ${context}`));
  }),
];
