// Builds the documentation site into tools/site/dist/site, with search and llms.txt. Fails on a dead link.
//
//   npm run docs:build           the site
//   npm run docs:dev             the site with live reload of a copy of the pages
import console from 'node:console';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { build, createServer } from 'vitepress';
import { addressOf, pagesOf, sidebarOf, sitePage, summaryOf, titleOf } from './pages.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(here, 'dist/pages');
const site = join(here, 'dist/site');

rmSync(source, { recursive: true, force: true });
const pages = pagesOf(root);
const texts = new Map(pages.map((path) => [path, sitePage(root, path, pages)]));
for (const [path, text] of texts) put(path.replace(/README\.md$/, 'index.md'), text);
cpSync(join(root, 'assets'), join(source, 'assets'), { recursive: true });

const listed = pages.map(
  (path) => `- [${titleOf(texts.get(path))}](${addressOf(path)}): ${summaryOf(texts.get(path))}`,
);
put(
  'public/llms.txt',
  `# Clarity Runtime\n\n> ${summaryOf(readFileSync(join(root, 'README.md'), 'utf8'))}\n\n${listed.join('\n')}\n`,
);
put('public/llms-full.txt', [...texts].map(([path, text]) => `<!-- ${path} -->\n\n${text}`).join('\n\n'));
put('.vitepress/config.mjs', `export default ${JSON.stringify(siteConfig(), null, 2)}`);

if (process.argv.includes('--dev')) {
  const server = await createServer(source);
  await server.listen();
  server.printUrls();
} else {
  await build(source);
  console.log(`${pages.length} pages in ${site}`);
}

function siteConfig() {
  return {
    title: 'Clarity Runtime',
    description: 'One control plane for every MCP service you run.',
    base: process.env.SITE_BASE ?? '/',
    outDir: site,
    cacheDir: join(here, 'dist/cache'),
    cleanUrls: true,
    ignoreDeadLinks: 'localhostLinks',
    markdown: { theme: { light: 'github-light', dark: 'github-dark' }, languageAlias: { clarity: 'rust' } },
    themeConfig: {
      search: { provider: 'local' },
      outline: [2, 3],
      nav: [
        { text: 'Start', link: '/' },
        { text: 'Guides', link: '/docs/' },
        { text: 'Changes', link: '/CHANGELOG' },
      ],
      sidebar: sidebarOf(root, pages),
    },
  };
}

function put(path, text) {
  const file = join(source, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
