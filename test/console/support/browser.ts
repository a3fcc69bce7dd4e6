import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Folder of the built page. */
export const PAGE_FOLDER = 'packages/status-page/dist';
/** Folder of the screenshots, which git ignores. */
const SHOTS = 'coverage/console';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Starts headless Chromium. Throws without the program: `npm run test:console` installs it. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((path) => path !== '' && existsSync(path));
  if (executablePath === undefined) throw new Error('Chromium is missing: run `node scripts/install-chromium.mjs`');
  // The sandbox of Chromium needs user namespaces, which containers often refuse.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page with everything that went wrong in it. */
export interface CheckedPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page, reports of its Content-Security-Policy, and requests that left the origin. */
  readonly faults: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  /** Messages of the console that the test expects. */
  readonly ignore?: RegExp;
  readonly isReduced?: boolean;
}

/** Opens the page at a route and waits for its frame. */
export async function openPage(
  browser: Browser,
  url: string,
  route = '/',
  options: PageOptions = {},
): Promise<CheckedPage> {
  const { width = 1600, height = 900, scheme = 'light', ignore, isReduced = false } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: isReduced ? 'reduce' : 'no-preference',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && ignore?.test(message.text()) !== true) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
      faults.push(`request: ${request.url()}`);
  });
  await page.goto(`${url}#${route}`);
  await page.locator('#main').waitFor();
  return {
    page,
    context,
    faults,
    [Symbol.asyncDispose]: async () => {
      await context.close();
    },
  };
}

/** Writes a screenshot for a person to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Returns the findings of axe, one line for each rule. */
export async function findAxeFaults(page: Page): Promise<readonly string[]> {
  // The policy of the page refuses scripts of others: axe comes in through the debugger.
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) {
    const { readFileSync } = await import('node:fs');
    await page.evaluate(readFileSync(axePath, 'utf8'));
  }
  const result = await page.evaluate(
    (tags) =>
      (globalThis as unknown as { axe: { run: (of: Document, options: object) => Promise<unknown> } }).axe.run(
        document,
        {
          runOnly: { type: 'tag', values: tags },
        },
      ),
    TAGS,
  );
  return (result as AxeResult).violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 200))
        .join(' | ')}`,
  );
}

/** Returns how many pixels the page is wider than the window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
