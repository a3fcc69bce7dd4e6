import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, PAGE_FOLDER, type CheckedPage } from './browser.ts';
import { ScriptedDaemon } from './scripted-daemon.ts';
import { troubledState } from './scripted-state.ts';

/** The browser of a suite, and a scripted daemon with 40 services for each of its tests. */
export interface SuitePage {
  readonly browser: Browser;
  readonly daemon: ScriptedDaemon;
  /** Opens the page. `ignore` matches console lines that the test expects. The page is closed after the test. */
  open(route?: string, ignore?: RegExp): Promise<Page>;
}

/** Call this once at the start of a suite. */
export function suitePage(): SuitePage {
  let browser: Browser;
  let daemon: ScriptedDaemon;
  let opened: CheckedPage | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    daemon = await new ScriptedDaemon(troubledState(40), PAGE_FOLDER).listen();
  });
  afterEach(async () => {
    await opened?.[Symbol.asyncDispose]();
    opened = undefined;
    await daemon[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await browser.close();
  });
  return {
    get browser() {
      return browser;
    },
    get daemon() {
      return daemon;
    },
    open: async (route = '/', ignore) => {
      opened = await openPage(browser, daemon.url, route, ignore === undefined ? {} : { ignore });
      return opened.page;
    },
  };
}
