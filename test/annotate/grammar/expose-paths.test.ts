import { exposePaths } from '../../../src/annotate/grammar/expose-paths.ts'
import { table } from './table.ts'

table('paths to expose', exposePaths, {
  means: [
    ['', []],
    ['21500:8080/health', [{ listener_port: 21500, local_path_port: 8080, path: '/health' }]],
    [
      '21500:8080/, 20201:9102/metrics/x?http2',
      [
        { listener_port: 21500, local_path_port: 8080, path: '/' },
        { listener_port: 20201, local_path_port: 9102, path: '/metrics/x', protocol: 'http2' },
      ],
    ],
  ],
  refuses: [
    ['21500:8080', '"21500:8080" is not a path to expose', 'LISTENER-PORT:PORT/PATH'],
    ['0:8080/x', '"0" is not in the valid port range'],
    ['21500:70000/x', '"70000" is not in the valid port range'],
    ['21500:8080/a?b', 'is not a path to expose'],
    ['1:2/a b', 'is not a path to expose'],
  ],
})
