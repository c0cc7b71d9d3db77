// Run by npm after `npm ci`, and before it packs this package out of a git repository. There `npm install --global`, and
// so pre-commit, has not installed what the build needs: npm takes the word "global" for that installation as well.
import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const run = command => execSync(command, { stdio: 'inherit' })

if (!existsSync('node_modules')) run('npm ci --no-global --ignore-scripts --no-audit --no-fund')
run('npm run --silent build')
