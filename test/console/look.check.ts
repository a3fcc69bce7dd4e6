import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findAxeFaults, launchBrowser, openPage, overflowOf, PAGE_FOLDER, shoot } from './support/browser.ts';
import { ScriptedDaemon } from './support/scripted-daemon.ts';
import { troubledState } from './support/scripted-state.ts';

let browser: Browser;
let daemon: ScriptedDaemon;

beforeAll(async () => {
  browser = await launchBrowser();
  daemon = await new ScriptedDaemon(troubledState(40), PAGE_FOLDER).listen();
});

afterAll(async () => {
  await browser.close();
  await daemon[Symbol.asyncDispose]();
});

const VIEWS = [
  ['overview', '/', '.prob'],
  ['services', '/services', '.grid [role="row"]'],
  ['tools', '/services/team0-service-0000/tools/post_entry', '.form'],
  ['logs', '/services/team1-service-0001/logs', '.log li'],
  ['policy', '/services/team0-service-0000/policy', '.tbl'],
  ['changes', '/services/team5-service-0005/changes', '.code'],
  ['credentials', '/services/team1-service-0001/credentials', '.tbl'],
  ['facts', '/services/team0-service-0000/facts', '.kv'],
  ['calls', '/calls/c999990', '.kv'],
  ['review', '/review', '.approval'],
  ['audit', '/audit', '.grid [role="row"] .mono'],
  ['clients', '/clients/cursor', '.code'],
  ['secrets', '/secrets', '.tbl'],
  ['access', '/access', '.tbl'],
  ['profiles', '/access/profiles', '.tbl'],
  ['policies', '/access/policies', '.tbl'],
  ['add', '/add', '.tbl'],
  ['add-remote', '/add/remote', '.form'],
  ['settings', '/settings', '.tbl'],
] as const;

const SIZES = [
  [390, 844],
  [1024, 768],
  [1600, 900],
  [2560, 1440],
] as const;

test.each(SIZES)(
  'checks 38, 39: all views at %d px in both themes: axe finds nothing, nothing overflows, no fault',
  async (width, height) => {
    const found: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      await using opened = await openPage(browser, daemon.url, '/', { width, height, scheme });
      const { page, faults } = opened;
      for (const [name, route, ready] of VIEWS) {
        await page.evaluate((to) => {
          location.hash = to;
        }, route);
        await page.locator(`main ${ready}`).first().waitFor();
        await shoot(page, `${name}-${String(width)}-${scheme}`);
        const overflow = await overflowOf(page);
        if (overflow > 0) found.push(`${name} ${scheme}: ${String(overflow)} px too wide`);
        for (const fault of await findAxeFaults(page)) found.push(`${name} ${scheme}: ${fault}`);
      }
      found.push(...faults);
    }
    expect(found).toEqual([]);
  },
  600_000,
);

test.each([360, 720, 1179])('check 39: nothing overflows at %d px', async (width) => {
  await using opened = await openPage(browser, daemon.url, '/', { width });
  const wide: string[] = [];
  for (const [name, route, ready] of VIEWS) {
    await opened.page.evaluate((to) => {
      location.hash = to;
    }, route);
    await opened.page.locator(`main ${ready}`).first().waitFor();
    if ((await overflowOf(opened.page)) > 0) wide.push(name);
  }
  expect(wide).toEqual([]);
});

test('check 39: open dialogs and the palette: axe finds nothing', async () => {
  await using opened = await openPage(browser, daemon.url, '/review');
  const { page } = opened;
  await page.getByRole('button', { name: 'Approve runtime__register_local' }).click();
  expect(await findAxeFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('team1');
  expect(await findAxeFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  expect(await findAxeFaults(page)).toEqual([]);
});

test('check 38: hostile texts run nothing and are visible as text', async () => {
  await using opened = await openPage(browser, daemon.url, '/services/team1-service-0001/logs');
  const { page, faults } = opened;
  await page.locator('.log li').first().waitFor();
  expect(await page.locator('.log').innerText()).toContain('<img src=x onerror=');
  expect(await page.locator('.log .odd').first().innerText()).toBe('U+202E');
  expect(await page.evaluate(() => [document.images.length, 'hacked' in globalThis])).toEqual([0, false]);
  expect(faults).toEqual([]);
});
