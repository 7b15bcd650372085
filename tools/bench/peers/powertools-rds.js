import { Router } from '@aws-lambda-powertools/event-handler/http'
import { create, isUser, list } from './users.js'

const app = new Router()

app.get('/rds', async ({ req }) => {
  const { searchParams } = new URL(req.url)
  return list(searchParams.get('limit') ?? undefined, searchParams.get('after') ?? undefined)
})

app.post('/rds', async ({ req }) => {
  const body = await req.json()
  return isUser(body) ? create(body) : Response.json({ message: 'Invalid user' }, { status: 422 })
})

export const handler = (event, context) => app.resolve(event, context)
