import type { RuntimeOptions } from '@clarity-runtime/core';
import type { ResolvedSettings, Setting } from './setting.ts';
import { wholeNumber } from './values.ts';

const MAX_TEXT = 262_144;
const MAX_BYTES = 6_815_744;

const numberSetting = (
  variable: string,
  [least, fallback, most]: readonly [number, number, number],
  describe: string,
) =>
  ({
    variables: [variable],
    schema: wholeNumber(least, most),
    fallback,
    expects: `a number from ${String(least)} to ${String(most)}`,
    describe,
  }) as Setting<number>;

/** Settings of the limits of what services list. */
export const interfaceSettings = {
  maxDescriptionLength: numberSetting(
    'CLARITYD_MAX_DESCRIPTION_LENGTH',
    [64, 16_384, MAX_TEXT],
    'maximum length of a description of a service in characters; a longer one is cut',
  ),
  maxTitleLength: numberSetting(
    'CLARITYD_MAX_TITLE_LENGTH',
    [64, 256, MAX_TEXT],
    'maximum length of a title in characters; a longer one is cut',
  ),
  maxInstructionsLength: numberSetting(
    'CLARITYD_MAX_INSTRUCTIONS_LENGTH',
    [64, 16_384, MAX_TEXT],
    'maximum length of the instructions of a service in characters; longer ones are cut',
  ),
  maxListBytes: numberSetting(
    'CLARITYD_MAX_LIST_BYTES',
    [4_096, 1_048_576, MAX_BYTES],
    'maximum bytes of all lists of a service; further entries are left out',
  ),
  maxPageLength: numberSetting(
    'CLARITYD_MAX_PAGE_LENGTH',
    [4_096, 262_144, MAX_BYTES],
    'maximum length of one page of a list in characters; raise it for clients that read only the first page',
  ),
} as const;

/** Converts the settings to options of the runtime. */
export const interfaceLimits = (
  settings: ResolvedSettings<typeof interfaceSettings>,
): Required<RuntimeOptions>['interfaceLimits'] => ({
  descriptionLength: settings.maxDescriptionLength.value,
  titleLength: settings.maxTitleLength.value,
  instructionsLength: settings.maxInstructionsLength.value,
  listBytes: settings.maxListBytes.value,
  pageLength: settings.maxPageLength.value,
});
