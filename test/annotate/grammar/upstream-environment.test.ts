import test from 'ava'
import { communityEdition } from '../../../src/annotate/grammar/settings.ts'
import { environmentName, upstreamEnvironment } from '../../../src/annotate/grammar/upstream-environment.ts'
import { upstreams } from '../../../src/annotate/grammar/upstreams.ts'
import { meaningOf } from './table.ts'

const variables = (value: string): readonly string[] =>
  upstreamEnvironment(meaningOf(upstreams(value, communityEdition))).map(
    variable => `${variable.name}=${variable.value}`,
  )

test('each upstream service gives its host and its port', t => {
  t.deepEqual(variables('static-server:7890:dc1, db.svc:5432'), [
    'STATIC_SERVER_CONNECT_SERVICE_HOST=127.0.0.1',
    'STATIC_SERVER_CONNECT_SERVICE_PORT=7890',
    'DB_CONNECT_SERVICE_HOST=127.0.0.1',
    'DB_CONNECT_SERVICE_PORT=5432',
  ])
})

test('the host is the bind address where one is set', t => {
  t.deepEqual(variables('db:5432:local_bind_address=::1')[0], 'DB_CONNECT_SERVICE_HOST=::1')
})

test('a prepared query gives no variable', t => {
  t.deepEqual(variables('prepared_query:q:1234'), [])
})

test('the name of a variable has nothing but upper-case letters, digits and underscores', t => {
  t.is(environmentName('api.v1-Beta_2'), 'API_V1_BETA_2')
})
