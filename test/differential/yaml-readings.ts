// Reads a JSON array of texts from standard input; writes for each whether the tool takes it for a block mapping of PyYAML's.
import { readFileSync } from 'node:fs'
import { readAsPyYaml } from '../../src/decode/pyyaml.ts'

const texts = JSON.parse(readFileSync(0, 'utf8')) as readonly string[]
const isTaken = (text: string): boolean => {
  const yaml = readAsPyYaml(text)
  return yaml.ok && yaml.documents <= 1 && yaml.root?.kind === 'mapping' && !yaml.root.flow
}
process.stdout.write(JSON.stringify(texts.map(isTaken)))
