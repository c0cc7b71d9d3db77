// Makes schema.json, which is committed, and the module under generated/, which is not, from the types in src/preview/model.ts. `--check`
// writes nothing and exits 1 when the committed file differs from what the types give. Run by `npm run generate`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGenerator } from 'ts-json-schema-generator'

const pathOf = name => fileURLToPath(new URL(`../preview/${name}`, import.meta.url))

const generator = createGenerator({ path: pathOf('model.ts'), type: 'Preview', skipTypeCheck: true })
const schema = `${JSON.stringify(generator.createSchema('Preview'), null, 2)}\n`

if (process.argv.includes('--check')) {
  if (readFileSync(pathOf('schema.json'), 'utf8') !== schema) {
    process.exitCode = 1
    process.stderr.write('src/preview/schema.json is stale: run npm run generate\n')
  }
} else {
  mkdirSync(pathOf('generated/'), { recursive: true })
  writeFileSync(pathOf('schema.json'), schema)
  writeFileSync(
    pathOf('generated/schema.ts'),
    `// Made by src/build/preview-schema.mjs.\nexport const PREVIEW_SCHEMA: string = ${JSON.stringify(schema)}\n`,
  )
}
