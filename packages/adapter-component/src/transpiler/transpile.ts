import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { fileURLToPath, URL } from 'node:url';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { Outcome } from './outcome.ts';

/** The built program, from src and from dist. */
const ENTRY = new URL('../../dist/transpiler/main.js', import.meta.url);
/** Maximum size of a component in bytes. */
export const MAX_COMPONENT_BYTES = 16 << 20;
const MAX_OUTPUT_BYTES = 48 << 20;
const FLAGS = ['--max-old-space-size=512', '--no-warnings'];
const MAX_REASON = 2_000;

export interface TranspileOptions {
  readonly signal: AbortSignal;
  /** Milliseconds until the process is ended. */
  readonly deadlineMs: number;
}

/**
 * Transpiles a component in a process of its own, without environment, that is ended at the deadline. Returns the
 * program without grants. @throws ClarityError MODULE_INVALID with the reason, CALL_CANCELLED, RESOURCE_EXHAUSTED.
 */
export function transpile(component: Uint8Array, { signal, deadlineMs }: TranspileOptions): Promise<Uint8Array> {
  if (component.length > MAX_COMPONENT_BYTES) {
    const sizes = `${String(component.length)} bytes, the limit is ${String(MAX_COMPONENT_BYTES)}`;
    throw new ClarityError('MODULE_INVALID', `the component has ${sizes}`);
  }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...FLAGS, fileURLToPath(ENTRY)], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const parts: Buffer[] = [];
    let bytes = 0;
    let reason: ClarityError | undefined;
    const end = (error: ClarityError): void => {
      reason ??= error;
      child.kill('SIGKILL');
    };
    const cancel = (): void => {
      end(new ClarityError('CALL_CANCELLED', ''));
    };
    const timer = setTimeout(() => {
      end(invalid(`it was not transpiled within ${String(deadlineMs)} ms`));
    }, deadlineMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    signal.addEventListener('abort', cancel, { once: true });
    child.on('error', (error) => {
      settle();
      reject(new ClarityError('RESOURCE_EXHAUSTED', 'a process for the transpiler', { cause: error }));
    });
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MAX_OUTPUT_BYTES) end(invalid(`its program has more than ${String(MAX_OUTPUT_BYTES)} bytes`));
      else parts.push(part);
    });
    child.on('close', (code) => {
      settle();
      if (reason !== undefined) reject(reason);
      else if (code === 0 && bytes > 0) settleWith(Buffer.concat(parts), resolve, reject);
      else reject(invalid('the transpiler ended without a result; it may need more memory than it has'));
    });
    if (signal.aborted) cancel();
    child.stdin.end(component);
  });
}

function settleWith(
  output: Buffer,
  resolve: (program: Uint8Array) => void,
  reject: (error: ClarityError) => void,
): void {
  const payload = output.subarray(1);
  if (output[0] === Outcome.program) resolve(payload);
  else reject(invalid(toPrintableAscii(payload.toString('utf8'), MAX_REASON)));
}

const invalid = (why: string): ClarityError => new ClarityError('MODULE_INVALID', why);
