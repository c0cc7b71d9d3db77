import { absolutePath, urlPath } from '../../../src/annotate/grammar/paths.ts'
import { table } from './table.ts'

table('an absolute path', absolutePath, {
  means: [
    ['/etc/consul.d/ca.pem', '/etc/consul.d/ca.pem'],
    ['/srv/my certs/k$y "1".pem', '/srv/my certs/k$y "1".pem'],
    ['/a/..b/c..', '/a/..b/c..'],
    [`/${'p'.repeat(4094)}`, `/${'p'.repeat(4094)}`],
  ],
  refuses: [
    ['', '"" is not an absolute path', 'begin the path with "/"'],
    ['certs/ca.pem', '"certs/ca.pem" is not an absolute path'],
    ['~/ca.pem', 'is not an absolute path', 'no home directory'],
    ['/etc/../root', 'leads upwards by ".."', undefined, '..'],
    ['../x', 'is not an absolute path'],
    ['../x', 'leads upwards', undefined, '..'],
    ['/x/..', 'leads upwards'],
    ['/etc/a\0b', 'a NUL character', undefined, '\0'],
    ['/etc/a\n', 'a line break'],
    [`/${'é'.repeat(2048)}`, 'the path is 4097 bytes long, more than 4095'],
  ],
})

table('a URL path', urlPath, {
  means: [
    ['/metrics', '/metrics'],
    ['/stats/prometheus?usedonly&filter=a%20b', '/stats/prometheus?usedonly&filter=a%20b'],
  ],
  refuses: [
    ['metrics', '"metrics" does not begin with "/"', 'write "/metrics"'],
    ['', 'does not begin with "/"'],
    ['/a b', 'holds " "', 'percent-encoded', ' '],
    ['/a#b', 'holds "#"', undefined, '#'],
    ['/é', 'holds "é"', undefined, 'é'],
    ['/a\r', 'a carriage return'],
  ],
})
