// Bundles the command line, so that it starts without resolving a graph of modules: one file that parses the arguments,
// and beside it those modules that a run reads at their first use only. CommonJS, which Node starts faster than ESM.
// Run by `npm run build`, after tsc. The modules of LATER must hold no class that another file tests with `instanceof`:
// each bundle has copies of its own of what it shares with others.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const pathOf = name => fileURLToPath(new URL(name, import.meta.url))
const ENTRY = pathOf('../../dist/src/cli/main.js')
const OUT = pathOf('../../dist/bin/')
const SOURCES = pathOf('../../dist/src/')

/** File of the bundle -> the module in it. */
const LATER = new Map([
  ['others.js', pathOf('../../dist/src/cli/others.js')],
  ['codes.js', pathOf('../../dist/src/report/codes/page.js')],
  ['many.js', pathOf('../../dist/src/cli/many.js')],
  ['pipeline.js', pathOf('../../dist/src/index.js')],
  ['admission.js', pathOf('../../dist/src/kubernetes/objects/review.js')],
  ['manifest.js', pathOf('../../dist/src/kubernetes/manifest/manifest.js')],
  ['preview.js', pathOf('../../dist/src/preview/preview.js')],
  ['annotations.js', pathOf('../../dist/annotations/generated/table.js')],
  ['validate.js', pathOf('../../dist/annotations/generated/validate.js')],
  ['schema.js', pathOf('../../dist/annotations/generated/schema.js')],
  ['preview-schema.js', pathOf('../../dist/src/preview/generated/schema.js')],
  ['bundle.js', pathOf('../../dist/userdata-templates/generated/bundle.js')],
  ['doctor.js', pathOf('../../dist/userdata-templates/generated/doctor.js')],
  ['guest.js', pathOf('../../dist/userdata-templates/generated/guest.js')],
  ['light.js', pathOf('../../dist/userdata-templates/generated/light.js')],
  ['packed.js', pathOf('../../dist/userdata-templates/generated/packed.js')],
  ['serve.js', pathOf('../../dist/src/serve/serve.js')],
  ['worker.js', pathOf('../../dist/src/serve/worker.js')],
  ['yaml.js', fileURLToPath(import.meta.resolve('js-yaml'))],
])
/** What each injection reads at once: the pipeline has it in its own file, without what it does not use of it. */
const WITHIN = new Map([[LATER.get('pipeline.js'), ['yaml.js', 'annotations.js']]])
const fileOf = module => [...LATER].find(([, path]) => path === module)?.[0]

const IMPORT = /\{([^{}]*)\} (?:from |= await import\()'(node:[\w/]+)'/g
/** What the sources name of each module of Node's: whichever Node builds, and whatever more it has, the bundle is the same. */
const NAMED = new Map()
for (const path of readdirSync(SOURCES, { recursive: true }).filter(path => path.endsWith('.js'))) {
  for (const [, names, module] of readFileSync(SOURCES + path, 'utf8').matchAll(IMPORT)) {
    const known = NAMED.get(module) ?? new Set()
    NAMED.set(module, known)
    // What was written a line each ends in a comma.
    for (const name of names.split(',')) if (name.trim() !== '') known.add(name.trim().split(/ as |:/)[0])
  }
}

async function exportsOf(module) {
  if (!isBuiltin(module)) return Object.keys(await import(module)).filter(name => name !== 'default')
  const names = NAMED.get(module)
  if (names === undefined) throw new Error(`${module}: nothing of it is imported by name`)
  return [...names].sort()
}

/** Stands for a module whose exports are read at their first use, by `require(target)`. */
async function standIn(module, target) {
  const names = await exportsOf(module)
  const getters = names.map(name => `get ${name}() { return load().${name} },\n`)
  return `let loaded
const load = () => (loaded ??= require(${JSON.stringify(target)}))
module.exports = { __esModule: true,\n${getters.join('')}}\n`
}

/** Modules of Node's that are loaded anyhow when a program starts. */
const AT_HAND = new Set(['node:buffer', 'node:fs', 'node:path', 'node:process', 'node:url', 'node:util'])

/** Puts stand-ins in the place of the modules of LATER, save for the one that is being bundled, and of Node's own. */
const later = self => ({
  name: 'later',
  setup(bundle) {
    bundle.onResolve({ filter: /./ }, async ({ path, pluginData, namespace, ...from }) => {
      if (namespace === 'later') return { path, external: true }
      if (isBuiltin(path) && !AT_HAND.has(path)) return { path, namespace: 'later', pluginData: path }
      if (from.kind === 'entry-point' || pluginData === later) return undefined
      const found = await bundle.resolve(path, { ...from, namespace, pluginData: later })
      const file = found.path === self ? undefined : fileOf(found.path)
      return file === undefined || WITHIN.get(self)?.includes(file)
        ? found
        : { path: `./${file}`, namespace: 'later', pluginData: found.path }
    })
    bundle.onLoad({ filter: /./, namespace: 'later' }, async ({ path, pluginData: module }) => ({
      contents: await standIn(module, path),
    }))
  },
})

const bundleOf = (module, file) =>
  build({
    entryPoints: [module],
    outfile: OUT + file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    // The server starts threads from the file beside its own.
    define: { 'import.meta.url': '__url' },
    banner: file === 'serve.js' ? { js: "const __url = require('node:url').pathToFileURL(__filename)" } : {},
    legalComments: 'linked',
    // Names are kept: a report of a fault shows them.
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    plugins: [later(module)],
  })

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })
writeFileSync(`${OUT}package.json`, '{ "type": "commonjs" }\n')
await Promise.all([ENTRY, ...LATER.values()].map(module => bundleOf(module, fileOf(module) ?? 'command-line.js')))
writeFileSync(`${OUT}consul-vm-inject.js`, readFileSync(pathOf('start.cjs')))
chmodSync(`${OUT}consul-vm-inject.js`, 0o755)
