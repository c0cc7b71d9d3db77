import test from 'ava'
import { judgeHelmValues } from '../../src/annotate/schema.ts'

test('faults of a values file are told by dotted path, one a path', t => {
  const faults = judgeHelmValues({
    connectInject: { default: 'yes', metrics: { defaultEnabled: 3 } },
    client: { join: 'a' },
  })
  t.deepEqual(faults.map(({ path }) => path).sort(), [
    'client.join',
    'connectInject.default',
    'connectInject.metrics.defaultEnabled',
  ])
  t.true(faults.every(({ message }) => message !== ''))
})

test('a values file that says nothing wrong has no faults', t => {
  t.deepEqual(judgeHelmValues({ server: { replicas: 3 }, global: { name: 'consul' } }), [])
})
