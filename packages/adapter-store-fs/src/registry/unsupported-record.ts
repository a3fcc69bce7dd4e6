import { toPrintableAscii, VERSION } from '@clarity-runtime/core/internal';
import type { UnsupportedRecord } from '@clarity-runtime/core/ports';

const MAX_COUNT = 100;
const MAX_NAME_LENGTH = 80;
/** Format of the records that this version writes. */
const SCHEMA = 1;
const FIX =
  'start the version of clarityd that wrote it, or apply the manifest again with `clarityctl apply -f <file>`';

/** Returns reports of the items of a file that this version cannot use, at most 100. */
export const unsupportedRecords = (file: string, texts: readonly string[]): readonly UnsupportedRecord[] =>
  texts.slice(0, MAX_COUNT).map((text) => unsupportedRecord(file, text));

function unsupportedRecord(file: string, text: string): UnsupportedRecord {
  const item = membersOf(text);
  const record = Object(item['record'] ?? item['document'] ?? item) as Readonly<Record<string, unknown>>;
  const manifest = Object(record['manifest']) as Readonly<Record<string, unknown>>;
  const metadata = Object(manifest['metadata'] ?? record['metadata']) as Readonly<Record<string, unknown>>;
  const name = [record['namespace'], metadata['module'], metadata['name'], record['serviceId']].find(
    (given) => typeof given === 'string' && given !== '',
  );
  return {
    file,
    name: typeof name === 'string' ? toPrintableAscii(name, MAX_NAME_LENGTH) : 'a record without a name',
    reason: reasonOf(record, manifest),
    fix: FIX,
  };
}

function reasonOf(record: Readonly<Record<string, unknown>>, manifest: Readonly<Record<string, unknown>>): string {
  const { schema } = record;
  if (typeof schema === 'number' && schema !== SCHEMA) {
    return `the record has format ${String(schema)}; clarityd ${VERSION} reads format ${String(SCHEMA)}`;
  }
  const { origin } = Object(manifest['spec']) as { readonly origin?: unknown };
  const { type } = Object(origin) as { readonly type?: unknown };
  if (typeof type === 'string') return `origin type '${toPrintableAscii(type, 40)}' is unknown or incomplete`;
  return 'the record is not readable';
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
