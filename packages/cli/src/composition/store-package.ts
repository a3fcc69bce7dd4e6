import { readFile } from 'node:fs/promises';
import type * as StorePackage from '@clarity-runtime/adapter-store-postgres';
import { isStoreError } from '@clarity-runtime/core';
import type { ResolvedSettings } from '../settings/setting.ts';
import type { storeSettings } from '../settings/store-settings.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { codeOf, messageOf } from '../support/error-text.ts';

/** Installed separately: a daemon over files does not need it. */
const PACKAGE: string = '@clarity-runtime/adapter-store-postgres';

/** Loads the store over PostgreSQL. @throws CliError with the command that installs it. */
export async function loadStorePackage(): Promise<typeof StorePackage> {
  try {
    return (await import(PACKAGE)) as typeof StorePackage;
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError(`--store needs the package ${PACKAGE}`, {
      hint: `run: npm install ${PACKAGE} (with --global if clarity-runtime is installed so)`,
      exitCode: ExitCode.usage,
      cause: error,
    });
  }
}

/** Returns the database that the settings name. @throws CliError for a URL that is not valid. */
export async function addressOf(
  { storeAddress }: typeof StorePackage,
  url: string,
  settings: ResolvedSettings<typeof storeSettings>,
): Promise<StorePackage.StoreAddress> {
  const { value: file } = settings.storePasswordFile;
  const password = file === undefined ? undefined : (await passwordIn(file)).trim();
  try {
    return storeAddress(url, { password, isInsecureAllowed: settings.storeInsecure.value.open });
  } catch (error) {
    if (isStoreError(error)) throw usageError(messageOf(error));
    throw error;
  }
}

async function passwordIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`the file of CLARITY_STORE_PASSWORD_FILE cannot be read: ${messageOf(error)}`);
  }
}
