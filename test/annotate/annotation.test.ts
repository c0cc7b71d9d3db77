import test from 'ava'
import { isOurKey, nameOf } from '../../src/annotate/annotation.ts'

test('a key is one of this tool in either domain, whatever follows, and in no other', t => {
  const ours = ['consul.hashicorp.com/connect-inject', 'alpha.consul.hashicorp.com/virtual-ip', 'consul.hashicorp.com/']
  const others = [
    'connect-inject',
    'beta.consul.hashicorp.com/x',
    'xconsul.hashicorp.com/x',
    'consul.hashicorp.com',
    'Consul.hashicorp.com/x',
    'consulxhashicorp.com/x',
    'prometheus.io/scrape',
  ]
  t.deepEqual([...ours, ...others].filter(isOurKey), ours)
})

test('the name of a key is the key without its domain', t => {
  t.is(nameOf('consul.hashicorp.com/connect-inject'), 'connect-inject')
  t.is(nameOf('alpha.consul.hashicorp.com/virtual-ip'), 'virtual-ip')
  t.is(nameOf('prometheus.io/scrape'), 'prometheus.io/scrape')
})
