import test from 'ava'
import { brokenMergeHow } from '../../src/decode/merge-how.ts'
import { readYaml } from '../../src/decode/yaml.ts'

const isBroken = (text: string): boolean => {
  const yaml = readYaml(text)
  if (!yaml.ok) throw new Error(yaml.message)
  return brokenMergeHow(yaml.root) !== undefined
}

const TAKEN = [
  'a: b',
  "merge_how: 'dict(recurse_array)+list(append)+str()'",
  "merge_how: ' DICT(replace) + m_list()'",
  "merge_type: 'dict()'",
  'merge_how:\nmerge_type: dict()',
  "merge_how: ''",
  'merge_how: [{name: dict, settings: [no_replace]}, {name: list, settings: [append]}]',
  'merge_how: [[dict, recurse_list], [list, append]]',
]
const DROPPED = [
  'merge_how: true',
  'merge_how: dict',
  'merge_how: list(append)',
  "merge_how: '=dict()+list()'",
  'merge_how: dict()+set()',
  'merge_how: {dict: []}',
  'merge_how: [{name: dict}]',
  'merge_how: [{name: dicts, settings: []}]',
  'merge_how: [{name: list, settings: []}]',
]
for (const text of TAKEN) test(`cloud-init merges by ${text}`, t => t.false(isBroken(text)))
for (const text of DROPPED) test(`cloud-init drops a document with ${text}`, t => t.true(isBroken(text)))
