import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js'
import { DbProxy } from '@cdktf/provider-aws/lib/db-proxy/index.js'
import { DbProxyDefaultTargetGroup } from '@cdktf/provider-aws/lib/db-proxy-default-target-group/index.js'
import { DbProxyTarget } from '@cdktf/provider-aws/lib/db-proxy-target/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Construct } from 'constructs'
import { policyDocument } from './arn.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import { allowTraffic } from './security-groups.ts'

export interface DatabaseProxyProps {
  readonly names: Names
  readonly network: Network
  readonly instance: DbInstance
  /** The database's. */
  readonly group: SecurityGroup
  readonly secretArn: string
}

/** The port of every proxy in front of MySQL, whatever the database's own is. */
const PORT = 3306

/** RDS Proxy: many execution environments share few connections of the database. */
export class DatabaseProxy extends Construct {
  /** Host name. */
  readonly endpoint: string

  constructor(scope: Construct, id: string, { names, network, instance, group, secretArn }: DatabaseProxyProps) {
    super(scope, id)
    const proxyGroup = new SecurityGroup(this, 'proxy-security-group', {
      name: `${names.project}-proxy`,
      description: 'RDS Proxy: MySQL from the functions, out to the database',
      vpcId: network.vpcId,
    })
    network.allowTo(proxyGroup, PORT)
    allowTraffic(group, { port: PORT, from: [proxyGroup.id], ownFrom: proxyGroup })

    const role = new IamRole(this, 'role', {
      name: names.proxyRole,
      assumeRolePolicy: policyDocument({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'rds.amazonaws.com' },
      }),
    })
    const readSecret = new IamRolePolicy(this, 'read-secret', {
      name: 'ReadDatabaseSecret',
      role: role.id,
      policy: policyDocument({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secretArn }),
    })
    const proxy = new DbProxy(this, 'proxy', {
      name: names.database,
      engineFamily: 'MYSQL',
      roleArn: role.arn,
      requireTls: true,
      vpcSubnetIds: network.subnetIds,
      vpcSecurityGroupIds: [proxyGroup.id],
      auth: [
        {
          authScheme: 'SECRETS',
          iamAuth: 'DISABLED',
          secretArn,
          // What users of MySQL 8.4 have.
          clientPasswordAuthType: 'MYSQL_CACHING_SHA2_PASSWORD',
        },
      ],
      dependsOn: [readSecret],
    })
    const targets = new DbProxyDefaultTargetGroup(this, 'target-group', {
      dbProxyName: proxy.name,
      // The rest is for people and for the migrations of other tools.
      connectionPoolConfig: { maxConnectionsPercent: 90 },
    })
    new DbProxyTarget(this, 'target', {
      dbProxyName: proxy.name,
      targetGroupName: targets.name,
      dbInstanceIdentifier: instance.identifier,
    })
    this.endpoint = proxy.endpoint
  }
}
