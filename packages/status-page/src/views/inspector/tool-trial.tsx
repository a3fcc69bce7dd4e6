import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { addressOf, sendForText, type ApiResult } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { copyText, ErrorPanel } from '../../parts/layout.tsx';
import { SchemaForm, type FieldRefusal } from '../../parts/schema-form.tsx';
import { toSentence } from '../../state/actions.ts';
import { showToast } from '../../state/toasts.ts';
import { useStore } from '../../state/store-context.ts';
import { emptyValue, indentJson, isJson, toArgumentsText, type FieldValue } from '../../text/arguments-text.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { readFields } from '../../text/schema-fields.ts';
import { toCtl, toCurl } from '../../text/shell-words.ts';
import { isUp } from '../../text/states.ts';
import type { ToolFacts } from '../../text/tools.ts';
import { ToolResult } from './tool-result.tsx';

interface ToolTrialProps {
  readonly service: ServiceEntry;
  readonly tool: ToolFacts;
}

/** The parameters of a tool as a form, the call, and its result. Arguments stay in this form only. */
export function ToolTrial({ service, tool }: ToolTrialProps) {
  const store = useStore();
  const id = useId();
  const fields = readFields(tool.schema);
  const [values, setValues] = useState<readonly FieldValue[]>(() => (fields ?? []).map(emptyValue));
  const [json, setJson] = useState('{}');
  const [problem, setProblem] = useState<FieldRefusal>();
  const [result, setResult] = useState<ApiResult<string>>();
  const running = useRef<AbortController>();
  const [isRunning, setRunning] = useState(false);
  useEffect(
    () => () => {
      running.current?.abort();
    },
    [],
  );

  /** Returns the arguments, or undefined after it has shown the first problem. */
  const readArguments = (): string | undefined => {
    const text = fields === undefined ? jsonArguments(json) : toArgumentsText(fields, values);
    setProblem(text.kind === 'problem' ? text : undefined);
    if (text.kind !== 'problem') return text.kind === 'text' ? text.text : '{}';
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>('.form [aria-invalid="true"], .form .err')?.focus();
    });
    return undefined;
  };
  const call = async (args: string): Promise<void> => {
    const stop = new AbortController();
    running.current = stop;
    setRunning(true);
    const body = `{"service":${JSON.stringify(service.id)},"tool":${JSON.stringify(tool.name)},"arguments":${args}}`;
    const reply = await sendForText('/api/tools/call', body, stop.signal);
    setRunning(false);
    if (stop.signal.aborted) {
      showToast('The call was cancelled.');
      return;
    }
    if (reply.kind === 'failed' && reply.isLost === true) showToast(toSentence(reply));
    setResult(reply);
  };
  const ask = (): void => {
    const args = readArguments();
    if (args === undefined || isRunning) return;
    if (!tool.isDestructive) {
      void call(args);
      return;
    }
    openDialog({
      title: `Call ${toVisible(tool.name)}?`,
      action: 'Call it',
      isDanger: true,
      body: (
        <>
          <p>The service declares this tool as destructive. Policy and audit apply, under your name.</p>
          <pre class="code fold" tabIndex={0} aria-label="Arguments">
            <ForeignText text={indentJson(args)} />
          </pre>
        </>
      ),
      onSubmit: () => {
        void call(args);
        return undefined;
      },
    });
  };
  const copyAs = (kind: 'curl' | 'clarityctl'): void => {
    const args = readArguments();
    if (args === undefined) return;
    const command = {
      origin: `${location.origin}${addressOf('')}`,
      cli: store.runtime.value?.cli ?? 'clarityctl',
      serviceId: service.id,
      namespace: service.ns,
      tool: tool.name,
      args,
      hasToken: sessionStorage.getItem('x-clarity-page') !== null,
    };
    copyText(kind === 'curl' ? toCurl(command) : toCtl(command), `${kind} command copied`);
  };
  const isStopped = !isUp(service);
  return (
    <section class="panel" aria-labelledby={id}>
      <header>
        <h3 id={id}>Parameters</h3>
        {fields?.length === 0 && <span class="soft">None.</span>}
        {isStopped && <span class="soft">The service does not run.</span>}
      </header>
      <form
        class="form"
        novalidate
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        {fields === undefined ? (
          <JsonArguments value={json} problem={problem} onChange={setJson} />
        ) : (
          <SchemaForm fields={fields} values={values} problem={problem} onChange={setValues} />
        )}
        <div class="line">
          <Button
            label="Call"
            type="submit"
            kind="primary"
            isDisabled={isStopped}
            busy={isRunning ? 'Calling…' : undefined}
            onPress={() => undefined}
          />
          {isRunning && (
            <Button
              label="Cancel"
              onPress={() => {
                running.current?.abort();
              }}
            />
          )}
          <Button
            label="Copy as curl"
            kind="ghost"
            icon="copy"
            onPress={() => {
              copyAs('curl');
            }}
          />
          <Button
            label="Copy as clarityctl"
            kind="ghost"
            icon="copy"
            onPress={() => {
              copyAs('clarityctl');
            }}
          />
        </div>
      </form>
      <div role="status" aria-live="polite">
        {result?.kind === 'ok' && <ToolResult text={result.value} />}
        {result !== undefined && result.kind !== 'ok' && <ErrorPanel failure={result} />}
      </div>
    </section>
  );
}

function jsonArguments(text: string) {
  if (text.trim().startsWith('{') && isJson(text)) return { kind: 'text', text } as const;
  return { kind: 'problem', at: 'arguments', message: 'The arguments are not a JSON object.' } as const;
}

interface JsonArgumentsProps {
  readonly value: string;
  readonly problem: FieldRefusal | undefined;
  readonly onChange: (value: string) => void;
}

function JsonArguments({ value, problem, onChange }: JsonArgumentsProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Arguments as JSON</label>
      <textarea
        id={id}
        rows={6}
        spellcheck={false}
        value={value}
        aria-invalid={problem !== undefined || undefined}
        onInput={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
      {problem !== undefined && <p class="err">{problem.message}</p>}
    </div>
  );
}
