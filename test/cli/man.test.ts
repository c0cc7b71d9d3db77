import test, { type TestFn } from 'ava'
import { installed, runTool } from './tool.ts'
import { runIn } from './world.ts'

const page = async (): Promise<string> => (await runIn({}, 'man')).stdout.toString()
const where = (program: string): TestFn => (installed(program) ? test : (test.skip as unknown as TestFn))

where('groff')('groff has nothing to warn of in the manual page', async t => {
  t.is(runTool('groff', ['-man', '-ww', '-z'], await page()), '')
})

where('groff')('the manual page shows dashes that can be copied and every section', async t => {
  const shown = runTool('groff', ['-man', '-Tascii', '-P-cbou'], await page())
  t.regex(shown, /^NAME\n +consul-vm-inject - the Kubernetes Consul injector, for virtual machines$/m)
  for (const section of ['SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'EXIT STATUS', 'ENVIRONMENT', 'EXAMPLES', 'SEE ALSO']) {
    t.regex(shown, new RegExp(`^${section}$`, 'm'))
  }
  t.regex(shown, /^ +-a, --annotation KEY=VALUE$/m)
})

where('man')('man shows the manual page without warnings', async t => {
  t.is(runTool('sh', ['-c', 'man --warnings -l - > /dev/null'], await page()), '')
})
