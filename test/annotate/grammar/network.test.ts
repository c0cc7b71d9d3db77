import test from 'ava'
import fc from 'fast-check'
import { address, grpcTarget, hostPort, ip, url } from '../../../src/annotate/grammar/network.ts'
import { meaningOf, table } from './table.ts'

const same = (...values: readonly string[]) => values.map(value => [value, value] as const)

table('an IP address', ip, {
  means: same('10.0.0.1', '::1', '2001:db8::68'),
  refuses: [
    ['', '"" is not an IP address', 'IPv4 or IPv6'],
    ['10.0.0.256', 'is not an IP address', 'up to 255'],
    ['10.0.0.0/8', 'is not an IP address'],
    [' ::1', 'is not an IP address', 'remove the spaces'],
    ['localhost', 'is not an IP address', 'host names are not looked up'],
    ['::ffff:1.2.3.4', 'is not an IP address', 'IPv4 address alone'],
  ],
})

table('host and port', hostPort, {
  means: same('127.0.0.1:8080', 'db.example.com:5432', '[::1]:80', 'localhost:1'),
  refuses: [
    ['localhost', '"localhost" has no port', 'write "localhost:PORT"', 'localhost'],
    [':80', 'the host is missing', undefined, ''],
    ['::1:8080', '"::1" is not a host', 'in brackets', '::1'],
    ['[::1]', '"[::1]" has no port'],
    ['[1.2.3.4]:80', '"[1.2.3.4]" is not an IPv6 address in brackets'],
    ['1.2.3:80', '"1.2.3" is not an IP address', 'four decimal numbers', '1.2.3'],
    ['host:http', '"http" is not a valid integer', 'write 80', 'http'],
    ['host:0', '"0" is not in the valid port range', undefined, '0'],
    ['a b:x', '"a b" is neither a host name nor an IP address', undefined, 'a b'],
    ['a b:x', '"x" is not a valid integer', undefined, 'x'],
    ['http://host:80', 'has a scheme', 'write "host:80"', 'http://'],
    ['host:80/path', 'is not a valid integer', undefined, '80/path'],
  ],
})

table('a gRPC target', grpcTarget, {
  means: same('127.0.0.1:9000', '127.0.0.1:9000/my.pkg.Service', '[::1]:9000/x'),
  refuses: [
    ['127.0.0.1/x', '"127.0.0.1" has no port', undefined, '127.0.0.1'],
    ['127.0.0.1:9000/', '"" is not the name of a gRPC service', 'package.Service', ''],
    ['127.0.0.1:9000/a/b', '"a/b" is not the name', undefined, 'a/b'],
    ['grpc://127.0.0.1:9000', 'has a scheme', undefined, 'grpc://'],
  ],
})

table('a URL', url, {
  means: same(
    'http://127.0.0.1:8080/health',
    'https://localhost',
    'http://[::1]:8080?a=b%20c#d'.replace('#d', ''),
    'https://h.example/a-b_c~d;e,f@g',
  ),
  refuses: [
    ['', 'is not an http or https URL'],
    ['127.0.0.1:8080', 'is not an http or https URL', 'http://127.0.0.1:8080/health'],
    ['ftp://x', 'is not an http or https URL'],
    ['http:/x', 'is not an http or https URL'],
    ['http://', 'the host is missing'],
    ['http:///x', 'the host is missing'],
    ['http://me:pw@host/', 'the URL holds a user or a password', 'every process', 'me:pw@'],
    ['http://host:99999/', '"99999" is not in the valid port range', undefined, '99999'],
    ['http://1.2.3/', '"1.2.3" is not an IP address', undefined, '1.2.3'],
    ['http://h/a b', 'the URL holds " "', 'percent-encoded', ' '],
    ['http://h/%4', 'the URL holds "%"', undefined, '%'],
    ['http://h/%zz', 'the URL holds "%"', undefined, '%'],
    ['http://h/a\\b', 'the URL holds "\\\\"', undefined, '\\'],
    ['http://h\\@evil/', 'a user or a password'],
  ],
})

table("an agent's address", address, {
  means: same('127.0.0.1:8500', 'https://consul.example:8501', 'http://[::1]:8500', 'unix:///run/consul/http.sock'),
  refuses: [
    ['127.0.0.1', 'has no port'],
    ['https://consul.example', '"consul.example" has no port', undefined, 'consul.example'],
    ['http://127.0.0.1:8500/', '"8500/" is not a valid integer'],
    ['unix://run/x', 'is not an absolute path', undefined, 'run/x'],
    ['unix:///run/../x', 'leads upwards', undefined, '..'],
    ['tcp://127.0.0.1:8500', 'has an unknown scheme', 'https://, http:// and unix://', 'tcp://'],
  ],
})

test('every host with every port is host and port, and an address, and with http:// a URL', t => {
  const host = fc.oneof(
    fc.domain().filter(name => name.length < 100),
    fc.ipV4(),
    fc
      .ipV6()
      .filter(text => !text.includes('.'))
      .map(text => `[${text}]`),
  )
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65535 }), (name, port) => {
      const value = `${name}:${port}`
      return (
        [hostPort, address, grpcTarget].every(grammar => meaningOf(grammar(value)) === value) &&
        url(`http://${value}/`).ok
      )
    }),
  )
  t.pass()
})
