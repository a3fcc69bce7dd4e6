import type { ConfigText } from './config-text.ts';
import { jsonConfig } from './json-config.ts';
import { tomlConfig } from './toml-config.ts';
import { yamlConfig } from './yaml-config.ts';
import type { BootstrapRow, ClientRow } from './client-row.ts';

/** Returns the editor of one server in the files of a client; undefined for a format that is only read. */
export function editorOf(row: Pick<BootstrapRow, 'format' | 'container'>, name: string): ConfigText;
export function editorOf(row: Pick<ClientRow, 'format' | 'container'>, name: string): ConfigText | undefined;
export function editorOf(
  { format, container }: Pick<ClientRow, 'format' | 'container'>,
  name: string,
): ConfigText | undefined {
  const location = { container, name };
  if (format === 'toml') return tomlConfig(location);
  if (format === 'yaml') return yamlConfig(location);
  return format === 'json5' ? undefined : jsonConfig({ ...location, isStrict: format === 'json' });
}
