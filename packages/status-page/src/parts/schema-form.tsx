import { useId } from 'preact/hooks';
import { emptyValue, type FieldValue } from '../text/arguments-text.ts';
import type { SchemaField } from '../text/schema-fields.ts';
import { Button } from './button.tsx';
import { ForeignText } from './foreign-text.tsx';
import { toVisible } from '../text/hidden-characters.ts';

/** The problem of one field, by its place. */
export interface FieldRefusal {
  readonly at: string;
  readonly message: string;
}

interface SchemaFormProps {
  readonly fields: readonly SchemaField[];
  readonly values: readonly FieldValue[];
  readonly problem: FieldRefusal | undefined;
  readonly place?: string;
  readonly onChange: (values: readonly FieldValue[]) => void;
}

/** The parameters of a tool: each is explained and asked for in one place. */
export function SchemaForm({ fields, values, problem, place = '', onChange }: SchemaFormProps) {
  return (
    <>
      {fields.map((field, index) => (
        <Parameter
          key={field.name}
          field={field}
          value={values[index] ?? emptyValue(field)}
          problem={problem}
          place={place === '' ? field.name : `${place}.${field.name}`}
          onChange={(value) => {
            onChange(fields.map((other, at) => (at === index ? value : (values[at] ?? emptyValue(other)))));
          }}
        />
      ))}
    </>
  );
}

interface ParameterProps {
  readonly field: SchemaField;
  readonly value: FieldValue;
  readonly problem: FieldRefusal | undefined;
  readonly place: string;
  readonly onChange: (value: FieldValue) => void;
}

function Parameter(props: ParameterProps) {
  if (props.field.kind === 'object') return <ObjectParameter {...props} />;
  return props.field.kind === 'objects' ? <ListParameter {...props} /> : <ScalarParameter {...props} />;
}

const asList = (value: FieldValue): readonly FieldValue[] => (typeof value === 'string' ? [] : value);

function Legend({ field: { name, description, isRequired } }: { readonly field: SchemaField }) {
  return (
    <legend>
      <code>{toVisible(name)}</code>
      {isRequired && <span class="soft"> required</span>}{' '}
      <span class="faint">
        <ForeignText text={description} />
      </span>
    </legend>
  );
}

function ObjectParameter({ field, value, problem, place, onChange }: ParameterProps) {
  return (
    <fieldset class="group">
      <Legend field={field} />
      <SchemaForm fields={field.fields} values={asList(value)} problem={problem} place={place} onChange={onChange} />
    </fieldset>
  );
}

function ListParameter({ field, value, problem, place, onChange }: ParameterProps) {
  const rows = asList(value);
  const name = toVisible(field.name);
  return (
    <fieldset class="group">
      <Legend field={field} />
      {rows.map((row, index) => (
        <fieldset key={index} class="group">
          <legend>{`${name} ${String(index + 1)}`}</legend>
          <SchemaForm
            fields={field.fields}
            values={asList(row)}
            problem={problem}
            place={`${place}.${String(index)}`}
            onChange={(changed) => {
              onChange(rows.map((other, at) => (at === index ? changed : other)));
            }}
          />
          <div>
            <Button
              label="Remove"
              name={`Remove ${name} ${String(index + 1)}`}
              kind="ghost"
              isSmall
              onPress={() => {
                onChange(rows.filter((_row, at) => at !== index));
              }}
            />
          </div>
        </fieldset>
      ))}
      <div>
        <Button
          label="Add one"
          name={`Add one to ${name}`}
          icon="add"
          isSmall
          onPress={() => {
            onChange([...rows, field.fields.map(emptyValue)]);
          }}
        />
      </div>
      {problem?.at === place && <p class="err">{toVisible(problem.message)}</p>}
    </fieldset>
  );
}

function ScalarParameter({ field, value, problem, place, onChange }: ParameterProps) {
  const id = useId();
  const message = problem?.at === place ? problem.message : undefined;
  const { name, description, limits, isRequired } = field;
  return (
    <div class="param">
      <div class="about">
        <label for={id}>
          <code>{toVisible(name)}</code>
          {isRequired && <span class="soft"> required</span>}
        </label>
        {description !== '' && (
          <p>
            <ForeignText text={description} />
          </p>
        )}
        <p class="faint wrap">
          <ForeignText text={limits} />
        </p>
      </div>
      <div class="stack tight">
        <Control
          id={id}
          field={field}
          value={typeof value === 'string' ? value : ''}
          isWrong={message !== undefined}
          onChange={onChange}
        />
        {message !== undefined && (
          <p class="err" id={`${id}-problem`}>
            {toVisible(message)}
          </p>
        )}
      </div>
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: SchemaField;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

function Control({ id, field, value, isWrong, onChange }: ControlProps) {
  const { kind, isRequired, isLong, choices, fallback } = field;
  const common = {
    id,
    'aria-invalid': isWrong || undefined,
    'aria-describedby': isWrong ? `${id}-problem` : undefined,
    autocomplete: 'off',
    spellcheck: false,
  } as const;
  const onInput = (event: { readonly currentTarget: { readonly value: string } }): void => {
    onChange(event.currentTarget.value);
  };
  if (kind === 'boolean') {
    return (
      <input
        {...common}
        type="checkbox"
        checked={value === 'true'}
        onChange={(event) => {
          onChange(String(event.currentTarget.checked));
        }}
      />
    );
  }
  if (kind === 'enum') {
    return (
      <select {...common} value={value} onChange={onInput}>
        <option value="">
          {fallback === undefined ? (isRequired ? '(choose)' : '(not given)') : `(default: ${toVisible(fallback)})`}
        </option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {toVisible(choice.startsWith('"') ? String(JSON.parse(choice)) : choice)}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'list' || kind === 'json' || isLong) {
    const placeholder = kind === 'list' ? 'one per line' : kind === 'json' ? 'JSON' : undefined;
    return <textarea {...common} rows={3} placeholder={placeholder} value={value} onInput={onInput} />;
  }
  const isNumber = kind === 'integer' || kind === 'number';
  return (
    <input
      {...common}
      type={kind === 'date' ? 'date' : 'text'}
      inputMode={isNumber ? 'decimal' : undefined}
      placeholder={isNumber ? fallback : undefined}
      value={value}
      onInput={onInput}
    />
  );
}
