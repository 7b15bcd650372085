// Shared by all Node.js peers, which differ only in their frameworks: the driver, used as documented, and the same checks.
import mysql from 'mysql2/promise'

const { DB_HOST, DB_PORT, DB_USER, DB_PASS, DB_NAME } = process.env
const pool = mysql.createPool({
  host: DB_HOST,
  port: Number(DB_PORT),
  user: DB_USER,
  password: DB_PASS,
  database: DB_NAME,
  connectionLimit: 1,
})

export async function list(limit = '100', after = '0') {
  const count = Number(limit)
  const [rows] = await pool.execute(`SELECT id, name, age FROM Users WHERE id > ? ORDER BY id LIMIT ${count + 1}`, [
    Number(after),
  ])
  const users = rows.slice(0, count)
  return { users, next: rows.length > count ? String(users.at(-1).id) : null }
}

export async function create({ name, age }) {
  const [{ insertId }] = await pool.execute('INSERT INTO Users (name, age) VALUES (?, ?)', [name, age])
  return { message: 'User created successfully!', user: { id: insertId, name, age } }
}

export const isUser = (body) =>
  typeof body?.name === 'string' && body.name.length > 0 && Number.isInteger(body.age) && body.age >= 0
