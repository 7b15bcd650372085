import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import type { Names } from './names.ts'
import type { Settings } from './settings.ts'

/** A function of the service, as outputs and monitoring see it. */
export interface DeclaredFunction {
  /** By which it is declared: its name without the environment's prefix. */
  readonly id: string
  readonly name: string
  /** As Terraform knows it: whoever uses it waits for the function. */
  readonly functionName: string
  readonly logGroup: string
  /** Whether it brings a database up to date, and does nothing else. */
  readonly migrates: boolean
  /** Invocations at a time that are provided for, and the setting that says so; without it the account's quota. */
  readonly concurrency: { readonly most: number; readonly of: string } | undefined
}

/** An API of the service, as outputs, domain, firewall, usage plan and monitoring see it. */
export interface DeclaredApi {
  /** By which it is declared: its name without the environment's prefix. */
  readonly id: string
  readonly name: string
  /** What it offers. */
  readonly title: string
  /** First part of its paths under a custom domain. */
  readonly basePath: string
  /** Without a slash at its end, e.g. `https://….amazonaws.com/default`. */
  readonly invokeUrl: string
  readonly restApiId: string
  readonly stageName: string
  readonly stageArn: string
  /** Seconds that its function may take. */
  readonly timeout: number
  readonly accessLog: CloudwatchLogGroup | undefined
}

/** A database of the service, as monitoring sees it. */
export interface DeclaredDatabase {
  /** Identifier of the instance at RDS, where it is one. */
  readonly instance: string | undefined
  readonly maxConnections: number
}

/** The function that verifies the tokens of callers. */
export interface DeclaredAuthorizer extends DeclaredFunction {
  readonly invokeArn: string
  readonly replaceTriggeredBy: string[]
}

/** What a service declares. */
export interface DeclaredService {
  readonly settings: Settings
  readonly names: Names
  readonly apis: readonly DeclaredApi[]
  readonly functions: readonly DeclaredFunction[]
  readonly databases: readonly DeclaredDatabase[]
}
