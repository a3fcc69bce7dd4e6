import { resolve } from 'node:path';
import { check, formatDiagnostic } from '@clarity-runtime/compiler';
import type { CommandGrammar, ParsedArgs, Grammar } from '../arguments/command-grammar.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import {
  interfacePath,
  writeBuilt,
  compileFile,
  compileProblem,
  EXTENSION,
  shownPath,
  readSource,
} from '@clarity-runtime/adapter-toolchain';
import { testCommand } from '../commands/test-sources.ts';
import { runCommand, startCommand } from './clarityc-start.ts';
import type { ProcessContext } from '../support/process-context.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import { escapeForTerminal, escapeLines } from '../terminal/escape.ts';
import { VERSION } from '../support/version.ts';

interface CompilerCommand extends CommandGrammar {
  run(given: ParsedArgs, surroundings: ProcessContext): Promise<number>;
}

const subject = 'a Clarity source';

const compileCommand: CompilerCommand = {
  syntax: 'compile <file>',
  describe: 'compile a source to a WebAssembly module and its interface file',
  subject,
  flags: {
    out: { type: 'text', alias: 'o', describe: 'output path of the module', fallbackText: '<file> with .wasm' },
  },
  run: async (given, { cwd, stdout, stderr }) => {
    const path = resolve(cwd, given.text('file') ?? '');
    const out = resolve(cwd, given.text('out') ?? `${path.replace(/\.clarity$/, '')}.wasm`);
    if (!out.endsWith('.wasm')) throw usageError(`--out must name a file that ends in .wasm, not '${out}'`);
    const compiled = await compileFile(path, shownPath(cwd, path));
    for (const note of compiled.notes) stderr.write(`${escapeLines(note)}\n\n`);
    await writeBuilt(out, compiled);
    stdout.write(`Compiled ${escapeForTerminal(shownPath(cwd, path))} -> ${escapeForTerminal(shownPath(cwd, out))}\n`);
    stdout.write(`Interface: ${escapeForTerminal(shownPath(cwd, interfacePath(out)))}\n`);
    return ExitCode.done;
  },
};

const checkCommand: CompilerCommand = {
  syntax: 'check <file>',
  describe: 'check a source without writing files',
  subject,
  run: async (given, { cwd, stdout, stderr }) => {
    const path = resolve(cwd, given.text('file') ?? '');
    const shownAs = shownPath(cwd, path);
    const found = check({ file: shownAs, text: await readSource(path) });
    const text = found.map(formatDiagnostic).join('\n\n');
    if (found.some(({ severity }) => severity === 'error')) throw compileProblem(shownAs, text);
    if (text !== '') stderr.write(`${escapeLines(text)}\n`);
    stdout.write(`${escapeForTerminal(shownAs)}: no errors\n`);
    return ExitCode.done;
  },
};

const grammar: Grammar<CompilerCommand> = {
  name: 'clarityc',
  version: VERSION,
  flags: {},
  commands: [compileCommand, checkCommand, testCommand, startCommand, runCommand],
  epilogue: `Sources are UTF-8 files with the extension ${EXTENSION}.`,
};

/** `clarityc`: runs the built-in compiler. Diagnostics go to stderr. No file is written on failure. */
export async function runCompiler(surroundings: ProcessContext): Promise<number> {
  const { argv, stdout } = surroundings;
  const parsed = parseArguments(grammar, argv.length === 0 ? ['--help'] : argv);
  if (parsed.type === 'command') return parsed.command.run(parsed.given, surroundings);
  if (parsed.text === '') throw usageError('a command is missing', 'see `clarityc --help`');
  stdout.write(`${parsed.text}\n`);
  return ExitCode.done;
}
