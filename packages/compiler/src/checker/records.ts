import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Expression } from '../parser/syntax-tree.ts';
import type { Typed } from '../typed/typed-tree.ts';
import { actual, typeName, type RecordType } from '../types/type.ts';
import { BROKEN, type BodyContext, type Expectation } from './body-context.ts';

type RecordLiteral = Expression & { kind: 'record' };

/** Checks a record literal. Its field names determine the type; the expected type decides between several. */
export function checkRecord(context: BodyContext, literal: RecordLiteral, expected?: Expectation): Typed {
  const record = recordOf(context, literal, expected);
  const fields = literal.fields.map(({ name, value }) => {
    const index = record?.fields.findIndex((field) => field.name === name.text) ?? -1;
    const field = record?.fields[index];
    if (record === undefined || field === undefined) return { index, value: context.check(value) };
    const what = `the field \`${field.name}\` of ${record.name}`;
    return { index, value: context.check(value, { type: field.type, what }) };
  });
  return record === undefined ? BROKEN : { kind: 'record', record, fields, type: record };
}

function recordOf(context: BodyContext, literal: RecordLiteral, expected?: Expectation): RecordType | undefined {
  const { span } = literal;
  const again = literal.fields.find(
    ({ name }, index) => literal.fields.findIndex((f) => f.name.text === name.text) < index,
  );
  if (again !== undefined) {
    const message = `the field \`${again.name.text}\` is specified twice`;
    context.error({ code: 'DUPLICATE_NAME', span: again.name.span, message });
    return undefined;
  }
  const wanted = expected === undefined ? undefined : actual(expected.type);
  if (wanted?.kind === 'record') return hasFields(wanted, literal) ? wanted : refuseFields(context, literal, wanted);
  const candidates = context.symbols.records.filter((record) => hasFields(record, literal));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (only !== undefined) {
    const names = candidates.map(({ name }) => name).join(' and ');
    const message = `${names} have these fields`;
    context.error({ code: 'AMBIGUOUS_TYPE', span, message, hint: `add the type: let value: ${only.name} = { … }` });
    return undefined;
  }
  const [closest] = context.symbols.records.filter(({ fields }) =>
    literal.fields.some(({ name }) => fields.some((field) => field.name === name.text)),
  );
  if (closest !== undefined) return refuseFields(context, literal, closest);
  const hint = 'declare the record: type Name = { field: Type }';
  context.error({ code: 'UNKNOWN_TYPE', span, message: 'no record has these fields', hint });
  return undefined;
}

const hasFields = (record: RecordType, literal: RecordLiteral): boolean =>
  record.fields.length === literal.fields.length &&
  record.fields.every((field) => literal.fields.some(({ name }) => name.text === field.name));

function refuseFields(context: BodyContext, literal: RecordLiteral, record: RecordType): RecordType | undefined {
  const names = record.fields.map(({ name }) => name);
  const given = literal.fields.map(({ name }) => name.text);
  const extra = literal.fields.find(({ name }) => !names.includes(name.text));
  const missing = names.filter((name) => !given.includes(name));
  const hint = `${record.name} is { ${record.fields.map(({ name, type }) => `${name}: ${typeName(type)}`).join(', ')} }`;
  const message =
    extra === undefined
      ? `${record.name} also has ${missing.map((name) => `\`${name}\``).join(', ')}`
      : `${record.name} has no field \`${extra.name.text}\``;
  context.error({ code: 'UNKNOWN_FIELD', span: extra?.name.span ?? literal.span, message, hint });
  return undefined;
}

/** Checks a field access `value.field.field`. */
export function checkField(context: BodyContext, expression: Expression & { kind: 'field' }): Typed {
  let target = context.check(expression.target);
  for (const { text, span } of expression.path) {
    const record = actual(target.type);
    if (record.kind === 'unknown') return BROKEN;
    if (record.kind !== 'record') {
      const known = record.kind === 'variable' ? 'a value of unknown type' : typeName(record);
      const message = `${known} has no fields; only records have fields`;
      return context.error({ code: 'UNKNOWN_FIELD', span, message, hint: fieldHint(record.kind, text) });
    }
    const index = record.fields.findIndex(({ name }) => name === text);
    const field = record.fields[index];
    if (field === undefined) {
      const names = record.fields.map(({ name }) => name);
      const hint = didYouMean(text, names) ?? `${record.name} has ${names.join(', ')}`;
      return context.error({ code: 'UNKNOWN_FIELD', span, message: `${record.name} has no field \`${text}\``, hint });
    }
    target = { kind: 'field', target, record, index, type: field.type };
  }
  return target;
}

function fieldHint(kind: string, field: string): string | undefined {
  if (field === 'length' || field === 'size') return 'use string_length(text) for a string, length(list) for a list';
  return kind === 'union' || kind === 'Option' || kind === 'Result' ? 'use match to read its values' : undefined;
}
