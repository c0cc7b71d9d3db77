import { goBool } from '../../../src/annotate/grammar/boolean.ts'
import { table } from './table.ts'

table('a boolean', goBool, {
  means: [
    ...['1', 't', 'T', 'TRUE', 'true', 'True'].map(text => [text, true] as const),
    ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map(text => [text, false] as const),
  ],
  refuses: [
    ['yes', '"yes" is not a boolean', 'write "true"'],
    ['No', '"No" is not a boolean', 'write "false"'],
    ['on', '"on" is not', 'write "true"'],
    ['off', '"off" is not', 'write "false"'],
    ['enabled', '"enabled" is not', 'write "true"'],
    ['TrUe', '"TrUe" is not', 'write "true"'],
    [' false ', '" false " is not', 'write "false"'],
    ['', '"" is not', 'write "true" or "false"'],
    ['2', '"2" is not', 'write "true" or "false"'],
    ['true\n', 'a line break (U+000A)', 'on one line', '\n'],
  ],
})
