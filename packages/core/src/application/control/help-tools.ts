import type { Workspace } from '../../ports/index.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import {
  DEFAULT_APP_MODULE,
  DEFAULT_PROJECT,
  GUIDANCE,
  MODULE_NAME,
  PROJECT_NAME,
  templateFiles,
  treeOf,
} from './app-template.ts';
import { controlTool, READ, type ControlTool } from './control-tool.ts';
import { HELP_TOPICS, type HelpTopic } from './help-topics.ts';
import { flag, input, NUMBER, OBJECT, OBJECTS, output, STRING, STRINGS, text, whole } from './control-schemas.ts';

const TOPICS = Object.keys(HELP_TOPICS) as readonly HelpTopic[];
const EXCERPT = 512;
const SOURCES = 50;

export const helpTool: ControlTool = controlTool<{ readonly topic?: string }>({
  name: 'clarity_help',
  title: 'Clarity help',
  description: `Explains Clarity, the default language for new local services, and the workflow. Topics: ${TOPICS.join(', ')}.`,
  inputSchema: input({ topic: text(`One of: ${TOPICS.join(', ')}.`, 64, { default: 'overview' }) }),
  outputSchema: output({ topic: STRING, details: OBJECT, all_topics: STRINGS }),
  annotations: READ,
  grant: 'read',
  run: ({ args: { topic = 'overview' } }) => {
    const asked = topic.trim().toLowerCase();
    const known = TOPICS.find((name) => name === asked) ?? 'overview';
    return { topic: known, details: HELP_TOPICS[known], all_topics: TOPICS };
  },
});

export const structureTool: ControlTool = controlTool<{
  readonly project_name?: string;
  readonly module_name?: string;
  readonly include_templates?: boolean;
}>({
  name: 'clarity_project_structure',
  title: 'Clarity project structure',
  description: 'Shows the files of a Clarity app. To write them use runtime__bootstrap_clarity_app.',
  inputSchema: input({
    project_name: text('Name of the folder.', 64, { pattern: PROJECT_NAME, default: DEFAULT_PROJECT }),
    module_name: text('Name of the module.', 64, { pattern: MODULE_NAME, default: DEFAULT_APP_MODULE }),
    include_templates: flag('Include the contents of the files.', true),
  }),
  outputSchema: output({ project_name: STRING, module_name: STRING, guidance: STRINGS, tree: STRINGS, files: OBJECTS }),
  annotations: READ,
  grant: 'read',
  run: ({ args: { project_name: project, module_name: module, include_templates: templates = true } }) => {
    const names = { project: project ?? DEFAULT_PROJECT, module: module ?? DEFAULT_APP_MODULE };
    return {
      project_name: names.project,
      module_name: names.module,
      guidance: GUIDANCE,
      tree: treeOf(names),
      files: templateFiles(names).map(({ path, purpose, template }) => ({
        path,
        purpose,
        ...(templates ? { template } : {}),
      })),
    };
  },
});

export const sourcesTool = (workspace: Workspace | undefined): ControlTool =>
  controlTool<{
    readonly dir?: string;
    readonly recursive?: boolean;
    readonly limit?: number;
    readonly include_excerpt?: boolean;
    readonly excerpt_chars?: number;
  }>({
    name: 'clarity_sources',
    title: 'Clarity sources',
    description: 'Lists the Clarity sources of the workspace, optionally with the beginning of each.',
    inputSchema: input({
      dir: text('Folder below the workspace.', 4096, { default: '.' }),
      recursive: flag('Include subfolders.', true),
      limit: whole('Maximum number of sources.', 1, 200, SOURCES),
      include_excerpt: flag('Include the beginning of each source.', false),
      excerpt_chars: whole('Length of the beginning in characters.', 64, 8000, EXCERPT),
    }),
    outputSchema: output({ workspace: STRING, dir: STRING, total_found: NUMBER, returned: NUMBER, items: OBJECTS }),
    annotations: READ,
    grant: 'read',
    run: async ({ args }) => {
      if (workspace === undefined) throw new ClarityError('PATH_FORBIDDEN', 'this runtime has no workspace');
      const { dir = '.', recursive = true, limit = SOURCES, excerpt_chars: chars = EXCERPT } = args;
      const { total, files } = await workspace.sources({ dir, recursive, limit });
      const items = [];
      for (const file of files) {
        const begins = args.include_excerpt === true ? { excerpt: await workspace.excerpt(file, chars) } : {};
        items.push({ file, module: moduleOf(file), ...begins });
      }
      return { workspace: workspace.root, dir, total_found: total, returned: items.length, items };
    },
  });

const moduleOf = (file: string): string => (file.split('/').at(-1) ?? '').replace(/\.clarity$/, '');
