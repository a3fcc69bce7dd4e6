import { useState } from 'preact/hooks';
import type { CallEnding } from '../../api/model.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { copyText } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { indentJson } from '../../text/arguments-text.ts';
import { findMemberText } from '../../text/json-member.ts';
import { toBytes, toDuration } from '../../text/numbers.ts';
import { OUTCOMES } from '../../text/states.ts';

/** Characters of a result that are shown at first. */
const SHOWN = 16_000;

interface CallReply {
  readonly outcome: CallEnding;
  readonly durationMs: number;
  readonly bytes?: number;
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly hint?: string;
    readonly reason?: string;
  };
}

const TITLES: Readonly<Record<CallEnding, string>> = {
  ok: 'Done',
  tool_error: 'Tool error',
  error: 'Failed',
  denied: 'Refused',
};

/** The reply to one call: outcome, duration, cause with its code, and the result with every digit. */
export function ToolResult({ text }: { readonly text: string }) {
  const reply = JSON.parse(text) as CallReply;
  const { outcome, durationMs, bytes, error } = reply;
  const result = findMemberText(text, 'result');
  return (
    <div class="stack tight">
      <p class="line wide">
        <b>
          <Status tone={OUTCOMES[outcome].tone}>{TITLES[outcome]}</Status>
        </b>
        <span class="num soft">{toDuration(durationMs)}</span>
        {bytes !== undefined && <span class="num soft">{toBytes(bytes)}</span>}
        {error?.code !== undefined && <code>{error.code}</code>}
      </p>
      {error !== undefined && (
        <p>
          <ForeignText
            text={[error.message, error.reason, error.hint].filter((part) => part !== undefined).join(': ')}
          />
        </p>
      )}
      {result !== undefined && <ResultContent result={result} />}
    </div>
  );
}

interface ContentPart {
  readonly type?: unknown;
  readonly text?: unknown;
}

/** Text parts as text, everything else as JSON. Nothing of it is rendered, fetched or linked. */
function ResultContent({ result }: { readonly result: string }) {
  const { content } = JSON.parse(result) as { readonly content?: readonly ContentPart[] };
  const texts = (Array.isArray(content) ? (content as readonly ContentPart[]) : []).flatMap(({ type, text }) =>
    type === 'text' && typeof text === 'string' ? [text] : [],
  );
  const isOnlyText = texts.length > 0 && texts.length === content?.length;
  const structured = findMemberText(result, 'structuredContent');
  return (
    <>
      {isOnlyText && texts.map((text, index) => <Block key={index} label="Result" text={text} />)}
      {structured !== undefined && <Block label="Structured result" text={indentJson(structured)} />}
      {!isOnlyText && <Block label="Result" text={indentJson(result)} />}
    </>
  );
}

function Block({ label, text }: { readonly label: string; readonly text: string }) {
  const [isAll, setAll] = useState(false);
  const isCut = !isAll && text.length > SHOWN;
  return (
    <div class="stack tight">
      <pre class="code fold" tabIndex={0} aria-label={label}>
        <ForeignText text={isCut ? text.slice(0, SHOWN) : text} />
      </pre>
      <p class="line">
        {isCut && (
          <Button
            label={`Show all ${toBytes(text.length)}`}
            isSmall
            onPress={() => {
              setAll(true);
            }}
          />
        )}
        <Button
          label="Copy"
          name={`Copy: ${label}`}
          kind="ghost"
          icon="copy"
          isSmall
          onPress={() => {
            copyText(text);
          }}
        />
      </p>
    </div>
  );
}
