import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, startGateway } from '../../../test/helpers/gateway.ts'

// AWS's events for the same requests, recorded by LocalStack: test_apigateway_lambda.snapshot.json.
const binaryMediaTypes = ['image/*', 'application/pdf']
const gateway = await startGateway([api(['ANY /{proxy+}', 'ANY /hardcoded', 'POST /files'], { binaryMediaTypes })])

test('has every key, null without a value', async () => {
  const event = await gateway.event('/default/x', { headers: { 'User-Agent': 'test/1' } })
  const { headers, multiValueHeaders, requestContext, ...rest } = event
  assert.deepEqual(rest, {
    ...{ resource: '/{proxy+}', path: '/x', httpMethod: 'GET', pathParameters: { proxy: 'x' }, stageVariables: null },
    ...{ queryStringParameters: null, multiValueQueryStringParameters: null, body: null, isBase64Encoded: false },
  })
  assert.deepEqual(multiValueHeaders?.Host, [headers?.Host])
  const { identity, requestId, extendedRequestId, requestTime, requestTimeEpoch, apiId, ...context } = requestContext
  assert.match(requestId, /^[0-9a-f-]{36}$/)
  assert.match(extendedRequestId, /^[\w-]{15}=$/)
  assert.match(requestTime, /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
  assert.ok(Math.abs(requestTimeEpoch - Date.now()) < 10_000)
  const { sourceIp, userAgent, ...unknown } = identity
  assert.deepEqual([sourceIp, userAgent, ...Object.values(unknown)], ['127.0.0.1', 'test/1', ...Array(10).fill(null)])
  assert.match(apiId, /^[a-z0-9]{10}$/)
  assert.deepEqual(Object.keys(context).sort(), [
    ...['accountId', 'deploymentId', 'domainName', 'domainPrefix', 'httpMethod'],
    ...['path', 'protocol', 'resourceId', 'resourcePath', 'stage'],
  ])
  assert.deepEqual([context.domainName, context.path], [`127.0.0.1:${gateway.port}`, '/default/x'])
})

test('passes the path unchanged, except for leading slashes', async () => {
  const alias = '/test%2Balias@gmail.com/test+alias'
  const paths: [sent: string, path: string, proxy: string | undefined, contextPath?: string][] = [
    ['/default/proxy-value/', '/proxy-value/', 'proxy-value'],
    ['/default/a//b', '/a//b', 'a//b'],
    ['//default/proxy-value', '/proxy-value', 'proxy-value', '/default/proxy-value'],
    ['/default//hardcoded', '/hardcoded', undefined],
    [`/default${alias}`, alias, alias.slice(1)],
    ['http://elsewhere.example/default/hardcoded?x=1', '/hardcoded', undefined, '/default/hardcoded'],
  ]
  for (const [sent, path, proxy, contextPath = sent] of paths) {
    const event = await gateway.event(sent)
    assert.deepEqual([event.path, event.requestContext.path], [path, contextPath])
    assert.equal(event.resource, proxy === undefined ? path : '/{proxy+}')
    assert.deepEqual(event.pathParameters, proxy === undefined ? null : { proxy })
  }
})

test('decodes the query as far as possible', async () => {
  const queries: [query: string, single: Record<string, string> | null, multi?: Record<string, string[]>][] = [
    ['?', null],
    ['?a', { a: '' }],
    ['?email=test%2Balias@gmail.com&plus=a+b', { email: 'test+alias@gmail.com', plus: 'a b' }],
    ['??a=1;b=2', { '?a': '1', b: '2' }],
    ['?c=1&c=2&d=3', { c: '2', d: '3' }, { c: ['1', '2'], d: ['3'] }],
    ['?%61=%ED%95%9C&b=%&c=%zz&d=%ff', { a: '한', b: '%', c: '%zz', d: '\ufffd' }],
    ['?__proto__=1', JSON.parse('{"__proto__":"1"}')],
  ]
  for (const [query, single, multi] of queries) {
    const event = await gateway.event(`/default/x${query}`)
    assert.deepEqual(event.queryStringParameters, single)
    if (multi) assert.deepEqual(event.multiValueQueryStringParameters, multi)
  }
})

test('keeps the case of headers, except for those that API Gateway respells, adds or drops', async () => {
  const dropped = { Connection: 'close', 'Content-MD5': 'x', 'Max-Forwards': '2', 'Proxy-Authenticate': 'Basic' }
  const more = { Server: 'x', TE: 'deflate', Trailer: 'Expires', 'WWW-Authenticate': 'Basic' }
  const spelled = { authorization: 'a', 'USER-AGENT': 'b', host: 'c', 'x-forwarded-for': '203.0.113.7' }
  const kept = { 'tEsT-HEADeR': 'aValUE', Date: 'now', accept: 'd/e', Range: 'bytes=1-2', 'X-Twice': ['1', '2'] }
  const options = { method: 'POST', headers: { ...dropped, ...more, ...spelled, ...kept } }
  const { headers, multiValueHeaders } = await gateway.event('/default/x', options, 'body')
  const { 'X-Amzn-Trace-Id': trace = '', ...others } = headers ?? {}
  const forwarded = { 'X-Forwarded-For': '203.0.113.7, 127.0.0.1', 'X-Forwarded-Port': String(gateway.port) }
  assert.deepEqual(others, {
    ...{ Authorization: 'a', 'User-Agent': 'b', Host: 'c', ...forwarded, 'X-Forwarded-Proto': 'http' },
    ...{ ...kept, 'X-Twice': '2' },
  })
  assert.match(trace, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)
  assert.deepEqual(multiValueHeaders?.['X-Twice'], ['1', '2'])
})

test('encodes a body of a binary media type as base64, others as lossy text', async () => {
  for (const contentType of ['image/png', 'image/png; q=1', 'application/pdfx', undefined]) {
    const headers = contentType === undefined ? {} : { 'Content-Type': contentType }
    const event = await gateway.event('/default/files', { method: 'POST', headers }, Buffer.from([0xff, 0xd8, 0x00]))
    const binary = contentType?.startsWith('image/png') ?? false
    assert.equal(event.isBase64Encoded, binary)
    assert.equal(event.body, binary ? '/9gA' : '\ufffd\ufffd\u0000')
  }
})
