/** Prints the descriptions of the APIs, by their names, for tools that run while APIs change. Its argument is a service stack's `cdk.tf.json`. */
import { readFileSync } from 'node:fs'
import { readStack } from '../synthesized.ts'
import { readApis } from './apis.ts'
import { openApi } from './document.ts'

const stack = readStack(readFileSync(process.argv[2] ?? '', 'utf8'))
const described = [...(await readApis())].map(([name, api]) => [name, openApi(stack, api)] as const)
console.log(JSON.stringify(Object.fromEntries(described)))
