import { useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { send } from '../../api/request.ts';
import { servicePath } from '../../api/services.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Tag } from '../../parts/layout.tsx';
import { busyWord, failureOf, runAction } from '../../state/actions.ts';
import { toCount } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import type { ToolFacts } from '../../text/tools.ts';
import { ToolTrial } from './tool-trial.tsx';

/** A schema above this size is collapsed. */
const LONG_SCHEMA = 64 * 1_024;

interface ToolCardProps {
  readonly service: ServiceEntry;
  readonly tool: ToolFacts;
}

/** One tool: what it does, its definition, and a form that calls it. */
export function ToolCard({ service, tool }: ToolCardProps) {
  const [isRaw, setRaw] = useState(false);
  const key = `surface:${service.id}:${tool.name}`;
  const failure = failureOf(key);
  const hide = (verb: 'hide' | 'show'): Promise<unknown> =>
    runAction({
      key,
      busy: 'Working…',
      run: () => send('POST', servicePath(service.id, '/surface'), { [verb]: [tool.name] }),
      done:
        verb === 'hide'
          ? `${toVisible(tool.name)} is hidden from clients. That saves about ${toCount(tool.tokens)} tokens.`
          : `${toVisible(tool.name)} is available again.`,
      ...(verb === 'hide' ? { undo: () => void hide('show') } : {}),
    });
  return (
    <div class="stack">
      <div class="stack tight">
        <div class="line">
          <h3 class="mono wrap">
            <ForeignText text={tool.name} />
          </h3>
          {tool.isReadOnly && <Tag tone="ok">read only</Tag>}
          {tool.isDestructive && <Tag tone="warn">changes data</Tag>}
          {!tool.isReadOnly && !tool.isDestructive && <Tag>may write</Tag>}
          <span class="push line">
            <Button
              label="JSON"
              kind="ghost"
              isSmall
              isPressed={isRaw}
              onPress={() => {
                setRaw(!isRaw);
              }}
            />
            <Button label="Disable" isSmall busy={busyWord(key)} onPress={() => void hide('hide')} />
          </span>
        </div>
        <p class="wrap">
          <ForeignText text={tool.description} />
        </p>
        <p class="faint wrap">
          On /mcp as <code>{toVisible(tool.sharedName)}</code> unless a setting renames it · ≈ {toCount(tool.tokens)}{' '}
          tokens
        </p>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} />}
      {isRaw && <Definition json={tool.json} />}
      <ToolTrial service={service} tool={tool} />
    </div>
  );
}

function Definition({ json }: { readonly json: string }) {
  const [isAll, setAll] = useState(false);
  const isCut = !isAll && json.length > LONG_SCHEMA;
  return (
    <div class="stack tight">
      <pre class="code" tabIndex={0} aria-label="Definition as JSON">
        <ForeignText text={isCut ? json.slice(0, LONG_SCHEMA) : json} />
      </pre>
      {isCut && (
        <p>
          <Button
            label="Show all"
            isSmall
            onPress={() => {
              setAll(true);
            }}
          />
        </p>
      )}
    </div>
  );
}
