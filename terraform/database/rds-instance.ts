import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js'
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js'
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Fn, Token } from 'cdktf'
import type { Construct } from 'constructs'
import type { ServiceStack } from '../service-stack.ts'

/** Creates MySQL 8.4 on RDS, in the functions' subnets: private, encrypted, with backups, by TLS only. */
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
  // RDS would make it at the first line, without a retention.
  const errorLog = new CloudwatchLogGroup(scope, 'error-log', {
    name: `/aws/rds/instance/${names.database}/error`,
    retentionInDays: settings.LOG_RETENTION,
  })
  const parameters = new DbParameterGroup(scope, 'parameters', {
    name: `${names.database}-mysql84`,
    family: 'mysql8.4',
    description: `Parameters of ${names.database}`,
    parameter: [
      // ON: a connection without TLS is refused.
      { name: 'require_secure_transport', value: '1' },
      // Set explicitly, so that the server has the value that settings are checked against.
      { name: 'max_connections', value: String(settings.DB_MAX_CONNECTIONS) },
    ],
  })
  const instance = new DbInstance(scope, 'instance', {
    identifier: names.database,
    engine: 'mysql',
    // RDS takes the newest 8.4, and keeps it so.
    engineVersion: '8.4',
    autoMinorVersionUpgrade: true,
    instanceClass: settings.DB_INSTANCE_CLASS,
    dbName: settings.DB_NAME,
    port,
    username: settings.DB_USER,
    // Kept by RDS in Secrets Manager, and changed every seven days: docs/decisions/0007 has the alternatives.
    manageMasterUserPassword: true,
    allocatedStorage: 20,
    // GB: grows by itself up to there.
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
    // Small classes cannot have it with MySQL.
    performanceInsightsEnabled: !/\.(micro|small)$/.test(settings.DB_INSTANCE_CLASS),
    // The general and the slow log would hold statements with their values.
    enabledCloudwatchLogsExports: ['error'],
    deletionProtection: settings.DELETION_PROTECTION,
    // Named by the time of the creation: a name that an earlier database's snapshot has would stop the deletion.
    finalSnapshotIdentifier: `${names.database}-final-${Fn.formatdate('YYYYMMDDhhmmss', Fn.timestamp())}`,
    lifecycle: { ignoreChanges: ['final_snapshot_identifier'] },
    dependsOn: [errorLog],
  })
  network.allowTo(group, port)
  return {
    address: instance.address,
    secretArn: instance.masterUserSecret.get(0).secretArn,
    // A reference and no number: `make dev` has a port of its own.
    port: Token.asString(instance.port),
  }
}
