/** What takes many documents, or writes for other programs: read by a run that needs it, and by no other. */
export { checkMany } from './many/check.ts'
export { rewriteMany } from './many/rewrite.ts'
