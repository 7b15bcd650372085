/** A database, and the user who has all rights on it. */
export interface Account {
  readonly name: string
  readonly user: string
  /** @default that of the server */
  readonly password?: string
}

const text = (value: string) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`
const identifier = (value: string) => `\`${value.replaceAll('`', '``')}\``

/** SQL for each start, a statement a line: what is missing is made, and the passwords are set. */
export const accountSql = (accounts: readonly Account[], common: string): string =>
  accounts
    .flatMap(({ name, user, password = common }) => {
      const account = `${text(user)}@'127.0.0.1'`
      return [
        `CREATE DATABASE IF NOT EXISTS ${identifier(name)} CHARACTER SET utf8mb4;\n`,
        `CREATE USER IF NOT EXISTS ${account};\n`,
        `ALTER USER ${account} IDENTIFIED BY ${text(password)};\n`,
        `GRANT ALL ON ${identifier(name)}.* TO ${account};\n`,
      ]
    })
    .join('')
