import { bindAddress, datacenterName, joinAddresses } from '../../../src/annotate/grammar/agent.ts'
import { table } from './table.ts'

table('servers to join', joinAddresses, {
  means: [
    ['10.0.0.10', ['10.0.0.10']],
    [' consul.example:8301, [fd00::1]:8301,', ['consul.example:8301', '[fd00::1]:8301']],
    ['fd00::1', ['fd00::1']],
    ['provider=aws tag_key=consul tag_value=server', ['provider=aws tag_key=consul tag_value=server']],
    [
      String.raw`provider=k8s label_selector="app=consul\,component=server",10.0.0.1`,
      ['provider=k8s label_selector="app=consul,component=server"', '10.0.0.1'],
    ],
    ['-', []],
  ],
  refuses: [
    [',', 'the value names no server'],
    ['a b', 'is neither a host name nor an IP address'],
    ['10.0.0.1,-', '"-" is neither', undefined, '-'],
    ['http://h', 'has a scheme', 'write "h"'],
    ['provider=aws tag_key', 'is not a cloud auto-join string', 'key=value'],
    ['provider=aws secret_access_key=x', 'secret_access_key is a secret', 'a role'],
    ['provider=os password=x', 'password is a secret', 'other means'],
    ['a\nb', 'a line break'],
  ],
})

table('the name of a datacenter', datacenterName, {
  means: [
    ['dc1', 'dc1'],
    ['Fra-1_b', 'Fra-1_b'],
  ],
  refuses: [
    ['a.b', 'is not the name of a datacenter', 'letters'],
    ['x'.repeat(64), 'is not the name of a datacenter'],
  ],
})

table('an address to bind', bindAddress, {
  means: [
    ['10.0.0.1', '10.0.0.1'],
    ['fd00::1', 'fd00::1'],
    ['eth1', '{{ GetInterfaceIP "eth1" }}'],
    ['{{ GetPrivateIP }}', '{{ GetPrivateIP }}'],
  ],
  refuses: [
    ['1.2.3', 'is no address to bind', '"eth1"'],
    ['eth 1', 'is no address to bind'],
    ['{{ x', 'is no address to bind'],
    ['x'.repeat(16), 'is no address to bind'],
  ],
})
