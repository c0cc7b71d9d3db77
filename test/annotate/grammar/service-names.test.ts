import test from 'ava'
import { serviceNames } from '../../../src/annotate/grammar/service-names.ts'
import { servicePorts } from '../../../src/annotate/grammar/service-ports.ts'
import { table } from './table.ts'

table('a service name', serviceNames, {
  means: [
    ['web', ['web']],
    ['web,', ['web']],
    [' web , web-admin ', ['web', 'web-admin']],
    ['2048', ['2048']],
    ['a'.repeat(63), ['a'.repeat(63)]],
  ],
  warns: [
    ['Web', 'service name "Web" has upper-case letters: Consul before 1.11.9', 'write "web"', 'Web'],
    ['web,my_api', '"my_api" is not a DNS label', 'write "my-api"', 'my_api'],
    ['web.v1', '"web.v1" is not a DNS label', 'write "web-v1"'],
  ],
  refuses: [
    ['', 'the value names no service'],
    [' , ', 'the value names no service'],
    ['web/../../x', 'holds "/"', 'letters, digits and hyphens', '/'],
    ['web,a b', 'service name "a b" holds " "', undefined, ' '],
    ['web%i', 'holds "%"', undefined, '%'],
    ['-web', 'does not begin and end with a letter or a digit'],
    ['web-', 'does not begin and end'],
    ['..', 'does not begin and end'],
    ['café', 'holds "é"', undefined, 'é'],
    ['*', 'holds "*"'],
    ['a'.repeat(64), 'is 64 characters long, more than 63', undefined, 'a'],
    ['web,db,web', 'service name "web" stands here twice'],
    ['web\nadmin', 'a line break'],
  ],
})

test('a name repeated is pointed at where it stands again', t => {
  const parsed = serviceNames('web,db, web')
  t.deepEqual(parsed.ok ? [] : parsed.issues.map(({ start, end }) => [start, end]), [[8, 11]])
})

table('service ports', servicePorts, {
  means: [
    ['', []],
    ['8080', [8080]],
    [' , ', []],
    ['8080, 9090', [8080, 9090]],
    [',8080, ,9090,', [0, 8080, 0, 9090, 0]],
    ['8080,8080', [8080, 8080]],
  ],
  refuses: [
    ['http', '"http" is not a valid integer', 'write 80'],
    ['8080,metrics', '"metrics" is not a valid integer', 'no named container ports', 'metrics'],
    ['0', '"0" is not in the valid port range', 'leave it out when there is no port'],
    ['8080:8090', 'is not a valid integer'],
    ['0x50', 'is not a valid integer', 'write it in decimal: 80'],
  ],
})
