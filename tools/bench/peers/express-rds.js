import express from 'express'
import serverless from 'serverless-http'
import { create, isUser, list } from './users.js'

const app = express()
app.use(express.json())

app.get('/rds', async ({ query }, response) => {
  response.json(await list(query.limit, query.after))
})

app.post('/rds', async ({ body }, response) => {
  if (isUser(body)) response.json(await create(body))
  else response.status(422).json({ message: 'Invalid user' })
})

export const handler = serverless(app)
