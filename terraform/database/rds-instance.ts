import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js'
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js'
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Fn, Token } from 'cdktf'
import type { Construct } from 'constructs'
import type { ServiceStack } from '../service-stack.ts'

/** Creates MySQL 8.4 on RDS in the functions' subnets: private, encrypted, backed up, TLS only. */
export function createInstance(scope: Construct, service: ServiceStack) {
  const { settings, names, network } = service
  const { DB_PORT: port } = settings
  const group = new SecurityGroup(scope, 'database-security-group', {
    name: `${names.project}-database`,
    description: 'Database: MySQL from the functions, nothing out',
    vpcId: network.vpcId,
  })
  const subnets = new DbSubnetGroup(scope, 'subnets', {
    name: names.database,
    subnetIds: network.subnetIds,
    ...(network.preconditions && { lifecycle: { precondition: network.preconditions.databases } }),
  })
  // RDS would create it with the first log line, without a retention.
  const errorLog = new CloudwatchLogGroup(scope, 'error-log', {
    name: `/aws/rds/instance/${names.database}/error`,
    retentionInDays: settings.LOG_RETENTION,
  })
  const parameters = new DbParameterGroup(scope, 'parameters', {
    name: `${names.database}-mysql84`,
    family: 'mysql8.4',
    description: `Parameters of ${names.database}`,
    parameter: [
      // ON: the server refuses connections without TLS.
      { name: 'require_secure_transport', value: '1' },
      // Set explicitly, so the server matches the value that settings are checked against.
      { name: 'max_connections', value: String(settings.DB_MAX_CONNECTIONS) },
    ],
  })
  const instance = new DbInstance(scope, 'instance', {
    identifier: names.database,
    engine: 'mysql',
    // RDS installs the newest 8.4, and its minor upgrades.
    engineVersion: '8.4',
    autoMinorVersionUpgrade: true,
    instanceClass: settings.DB_INSTANCE_CLASS,
    dbName: settings.DB_NAME,
    port,
    username: settings.DB_USER,
    // RDS stores it in Secrets Manager, and rotates it every seven days: docs/decisions/0007 has the alternatives.
    manageMasterUserPassword: true,
    allocatedStorage: 20,
    // GB: limit of storage autoscaling.
    maxAllocatedStorage: 100,
    storageType: 'gp3',
    storageEncrypted: true,
    dbSubnetGroupName: subnets.name,
    vpcSecurityGroupIds: [group.id],
    publiclyAccessible: false,
    parameterGroupName: parameters.name,
    multiAz: settings.DB_MULTI_AZ,
    backupRetentionPeriod: settings.BACKUP_RETENTION,
    copyTagsToSnapshot: true,
    // Not available to MySQL on small classes.
    performanceInsightsEnabled: !/\.(micro|small)$/.test(settings.DB_INSTANCE_CLASS),
    // The general and slow query logs would contain statements with their values.
    enabledCloudwatchLogsExports: ['error'],
    deletionProtection: settings.DELETION_PROTECTION,
    // Contains the creation time: the name of an earlier database's snapshot would block the deletion.
    finalSnapshotIdentifier: `${names.database}-final-${Fn.formatdate('YYYYMMDDhhmmss', Fn.timestamp())}`,
    lifecycle: { ignoreChanges: ['final_snapshot_identifier'] },
    dependsOn: [errorLog],
  })
  network.allowTo(group, port)
  return {
    address: instance.address,
    secretArn: instance.masterUserSecret.get(0).secretArn,
    // A reference, not a number: `make dev` replaces it with its own port.
    port: Token.asString(instance.port),
  }
}
