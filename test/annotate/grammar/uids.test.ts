import { uids, userName } from '../../../src/annotate/grammar/uids.ts'
import { table } from './table.ts'

table('a list of users', uids, {
  means: [
    ['', []],
    ['0', [{ text: '0', id: 0 }]],
    [
      '1000, consul',
      [
        { text: '1000', id: 1000 },
        { text: 'consul', name: 'consul' },
      ],
    ],
    ['_apt,systemd-network,samba$', ['_apt', 'systemd-network', 'samba$'].map(name => ({ text: name, name }))],
    ['a'.repeat(32), [{ text: 'a'.repeat(32), name: 'a'.repeat(32) }]],
    ['4294967294', [{ text: '4294967294', id: 4294967294 }]],
  ],
  refuses: [
    ['4294967295', 'is not in the range of user ids 0-4294967294'],
    ['01000', '"01000" is not a valid integer', 'write 1000', '01000'],
    ['1000-2000', 'neither a user id nor a user name', 'list each id'],
    ['-1', 'neither a user id nor a user name'],
    ['0,$(id -u)', '"$(id -u)" is neither a user id nor a user name', undefined, '$(id -u)'],
    ['Envoy', '"Envoy" is neither'],
    ['a'.repeat(33), 'is neither'],
    ['root\0', 'a NUL character'],
  ],
})

table('a user', userName, {
  means: [
    ['100', { text: '100', id: 100 }],
    ['hashi', { text: 'hashi', name: 'hashi' }],
  ],
  refuses: [
    ['1,2', 'neither a user id nor a user name'],
    ['', 'neither a user id nor a user name'],
  ],
})
