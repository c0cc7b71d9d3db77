// Turns the files of the preview page into string constants, so that nothing is read from disk at run time. What a text may
// show is told by the module of the core, which the page shares, and so is how the picture of the traffic is drawn. Run by `npm run generate`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync, transformSync } from 'esbuild'

const here = new URL('../serve/page/', import.meta.url)
const read = name => readFileSync(new URL(name, here), 'utf8')

const files = readdirSync(here).filter(name => /^page[a-z-]*\.(?:html|css|js)$/.test(name))
const assets = Object.fromEntries(files.sort().map(name => [name, read(name)]))
assets['page-visible.js'] = transformSync(read('../../report/visible.ts'), { loader: 'ts' }).code

const drawing = fileURLToPath(new URL('../preview/traffic/drawing.ts', import.meta.url))
assets['page-drawing.js'] = buildSync({
  entryPoints: [drawing],
  bundle: true,
  format: 'esm',
  write: false,
}).outputFiles[0].text

mkdirSync(new URL('generated/', here), { recursive: true })
writeFileSync(
  new URL('generated/assets.ts', here),
  `// Made by src/build/page.mjs.\nexport const ASSETS: Readonly<Record<string, string>> = ${JSON.stringify(assets, undefined, 2)}\n`,
)
